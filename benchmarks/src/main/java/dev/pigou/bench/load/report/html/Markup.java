package dev.pigou.bench.load.report.html;

/** HTML in the making. Text goes in escaped; only this package's own literals go in as they are. */
final class Markup {
    private final StringBuilder html = new StringBuilder();

    static String escape(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c);
            }
        }
        return escaped.toString();
    }

    /** A literal of ours. */
    Markup raw(String literal) {
        html.append(literal);
        return this;
    }

    Markup text(String text) {
        html.append(escape(text));
        return this;
    }

    /** An element that holds text. */
    Markup element(String tag, String text) {
        return open(tag, "").text(text).close(tag);
    }

    /** An element of a class that holds text. */
    Markup element(String tag, String cssClass, String text) {
        return open(tag, cssClass).text(text).close(tag);
    }

    Markup open(String tag, String cssClass) {
        html.append('<').append(tag);
        if (!cssClass.isEmpty()) {
            html.append(" class=\"").append(cssClass).append('"');
        }
        html.append('>');
        return this;
    }

    Markup close(String tag) {
        html.append("</").append(tag).append('>');
        if (!tag.equals("td") && !tag.equals("th") && !tag.equals("small")) {
            html.append('\n');
        }
        return this;
    }

    @Override
    public String toString() { return html.toString(); }
}
