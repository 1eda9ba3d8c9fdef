/// The subset of Jinja that chat templates are written in, with the settings Hugging Face renders them with:
/// `trim_blocks`, `lstrip_blocks`, `break` and `continue`, `generation` blocks, `tojson` like `json.dumps`.
///
/// A template is refused when it is compiled, with a line number, if it uses anything outside the subset; what
/// can only go wrong while it renders is a [dev.pigou.engine.text.jinja.TemplateException]. Templates come
/// from strangers: they see maps, lists, strings, numbers and nothing behind them, and steps, output and
/// nesting have limits.
///
/// Values are Java's: [String], [Long] or
/// [java.math.BigInteger], [Double], [Boolean], [java.util.List], [java.util.Map]; with `None`, `Undefined`,
/// `Tuple` and `Generator` for what Java lacks. The package may know the JDK and nothing else.
@NullMarked
package dev.pigou.engine.text.jinja;

import org.jspecify.annotations.NullMarked;
