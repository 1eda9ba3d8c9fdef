package dev.pigou.engine;

/**
 * How large steps may be after the device ran out of memory in one. What was too large is cut to a quarter, again and again
 * if need be; after some steps that succeed the limit doubles, until there is none. Owned by the engine thread.
 */
final class StepLimit {
    static final int NONE = Integer.MAX_VALUE;
    private static final int SHRINK = 4;
    private static final int GROWTH = 2;
    /** So many steps have to succeed before larger ones are tried: at worst one in so many fails in vain. */
    private static final int CALM_STEPS = 16;

    /** A limit of so many tokens is none. */
    private final int largest;
    private int tokens = NONE;
    private int calm;

    /** @param maxNumBatchedTokens most tokens of a step that nothing limits */
    StepLimit(int maxNumBatchedTokens) { largest = maxNumBatchedTokens; }

    /** Most tokens of the next step; at least 1. */
    int tokens() { return tokens; }

    /** A step of so many tokens did not fit. Returns false if none can be smaller. */
    boolean shrink(int planned) {
        calm = 0;
        if (planned <= 1) {
            return false;
        }
        tokens = Math.max(1, planned / SHRINK);
        return true;
    }

    /** A step succeeded. */
    void stepped() {
        if (tokens != NONE && ++calm == CALM_STEPS) {
            calm = 0;
            tokens = tokens > largest / GROWTH ? NONE : tokens * GROWTH;
        }
    }
}
