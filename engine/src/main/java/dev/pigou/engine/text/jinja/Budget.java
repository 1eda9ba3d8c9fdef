package dev.pigou.engine.text.jinja;

/**
 * What one rendering may use up. Templates and messages come from strangers; neither may take the server along.
 *
 * <p>Printing and comparing charge the budget of the rendering that runs on their thread: a value of a few dozen lists,
 * each holding the one before twice, prints longer than any memory.
 */
final class Budget {
    /** The budget of the rendering that runs on this thread. */
    static final ScopedValue<Budget> CURRENT = ScopedValue.newInstance();

    /** Expressions and statements evaluated, items visited or copied, characters copied counted in sixty-fours. */
    private static final long MAX_STEPS = 10_000_000;
    /** Characters of one string. */
    private static final int MAX_TEXT = 32 << 20;
    /** Nested evaluations: a macro that calls itself uses some ten a call. */
    private static final int MAX_DEPTH = 600;

    private long steps;
    private int depth;

    void enter() {
        charge(1);
        if (++depth > MAX_DEPTH) {
            throw new TemplateException("the template nests or recurses too deep");
        }
    }

    void leave() { depth--; }

    void charge(long work) {
        steps += work;
        if (steps > MAX_STEPS) {
            throw new TemplateException("the template takes too many steps");
        }
    }

    /** To be asked before a string of this many characters is made. */
    void chargeText(long characters) {
        if (characters > MAX_TEXT) {
            throw new TemplateException("the template makes a text of more than " + MAX_TEXT + " characters");
        }
        charge(characters >> 6);
    }

    /** To be asked before this many characters are added to a text. */
    void chargeOutput(long length, long added) {
        charge(1 + (added >> 6));
        if (length + added > MAX_TEXT) {
            throw new TemplateException("the template writes more than " + MAX_TEXT + " characters");
        }
    }
}
