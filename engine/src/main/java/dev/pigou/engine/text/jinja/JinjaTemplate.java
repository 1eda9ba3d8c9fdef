package dev.pigou.engine.text.jinja;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** A compiled template. Immutable, safe for use by several threads. */
public final class JinjaTemplate {
    private final List<Node> nodes;

    private JinjaTemplate(List<Node> nodes) { this.nodes = nodes; }

    /**
     * Compiles a template.
     *
     * @throws TemplateSyntaxException with a line number, if it is not in the subset understood here
     */
    public static JinjaTemplate compile(String source) {
        return new JinjaTemplate(TemplateParser.parse(source));
    }

    /**
     * Renders the template.
     *
     * @param variables maps, lists, strings, numbers, booleans and nulls, however nested; they are copied, not changed
     * @param now what {@code strftime_now} tells
     * @throws TemplateException if the template raises it, misuses a value, or exceeds a limit
     */
    public String render(Map<String, ? extends @Nullable Object> variables, ZonedDateTime now) {
        Renderer renderer = new Renderer(now);
        try {
            return ScopedValue.where(Budget.CURRENT, renderer.budget())
                    .call(() -> renderer.render(nodes, variables));
        } catch (TemplateException.Raised e) {
            throw e;
        } catch (TemplateException e) {
            throw new TemplateException("chat template, line " + renderer.line() + ": " + e.getMessage());
        } catch (StackOverflowError _) {
            // The depth limit is meant to come first; how much stack a thread has left cannot be known.
            throw new TemplateException("chat template, line " + renderer.line() + ": nests too deep");
        }
    }
}
