package dev.pigou.kvcache;

import java.util.Arrays;

/** A data structure broke one of the invariants its class documents: a bug, never the caller's input. */
public final class InvariantViolation extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private InvariantViolation(String message) { super(message); }

    /**
     * Throws unless the invariant holds.
     *
     * @param invariant number and text, as in {@code "I1: a free block has no references"}
     * @param values what was found: block ids and counts
     */
    public static void require(boolean holds, String invariant, long... values) {
        if (!holds) {
            throw new InvariantViolation("broken " + invariant + " " + Arrays.toString(values));
        }
    }
}
