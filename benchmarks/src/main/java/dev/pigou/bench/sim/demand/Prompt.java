package dev.pigou.bench.sim.demand;

/**
 * A prompt that is made when it is needed: tens of thousands of tokens each are too much to keep for a million requests.
 * Equal block hashes give equal tokens, so that prefixes are shared where the trace says so; all other tokens occur in
 * this prompt only.
 *
 * @param length tokens, at least 1
 * @param blockHashes of its first blocks; may be empty. Callers must not write to it
 * @param blockTokens tokens that one hash stands for
 * @param space prompts share blocks only with prompts of the same space: one for each trace
 * @param own unlike any other prompt's
 */
@SuppressWarnings("ArrayRecordComponent") // demand is long, and nobody compares two prompts
public record Prompt(int length, int[] blockHashes, int blockTokens, long space, long own) {
    /** New storage in each call. */
    public int[] tokens() {
        int[] tokens = new int[length];
        int position = 0;
        for (int i = 0; i < blockHashes.length && position < length; i++) {
            int end = Math.min(position + blockTokens, length);
            fill(tokens, position, end, Seeds.mix(Seeds.mix(space, i), blockHashes[i]));
            position = end;
        }
        fill(tokens, position, length, Seeds.mix(own, Long.MIN_VALUE));
        return tokens;
    }

    /** A token of the answer, at least 0; it occurs in no other sequence at this position. */
    public int answerToken(int position) {
        return (int) (Seeds.mix(own, Long.MAX_VALUE) + position) & Integer.MAX_VALUE;
    }

    /** A ramp: cheap to make, and no two blocks are alike in any position but by a chance of 2 in 2^32. */
    private static void fill(int[] tokens, int from, int to, long seed) {
        int base = (int) seed;
        for (int i = from; i < to; i++) {
            tokens[i] = base + i;
        }
    }
}
