package dev.pigou.scheduler.price;

import java.util.Arrays;

/**
 * Whether memory will hold what runs until each of it has ended: the look-ahead of memory-constrained batching (MC-SF,
 * Jaillet et al., arXiv 2502.07115). Every sequence is taken to grow by a token a step until its remaining length is
 * spent, and then to give everything back; so use peaks just before one of them ends.
 *
 * <p>Kept as two arrays in order of remaining length. Owned by the scheduler's thread; allocates only to grow.
 */
final class PeakCheck {
    private int[] remaining = new int[64];
    private long[] held = new long[64];
    private int size;

    void clear() { size = 0; }

    int size() { return size; }

    /**
     * A sequence that runs.
     *
     * @param heldTokens positions its blocks have room for
     * @param remainingTokens that it will still grow by
     */
    void add(long heldTokens, int remainingTokens) {
        if (size == remaining.length) {
            remaining = Arrays.copyOf(remaining, 2 * size);
            held = Arrays.copyOf(held, 2 * size);
        }
        int place = size++;
        while (place > 0 && remaining[place - 1] > remainingTokens) {
            remaining[place] = remaining[place - 1];
            held[place] = held[place - 1];
            place--;
        }
        remaining[place] = remainingTokens;
        held[place] = heldTokens;
    }

    /** Positions in use at the worst moment to come, if one more sequence ran beside those added. */
    long peakWith(long heldTokens, int remainingTokens) {
        long peak = 0;
        long alive = heldTokens;
        int count = size + 1;
        for (int i = 0; i < size; i++) {
            alive += held[i];
        }
        boolean candidateCounted = false;
        for (int i = 0; i < size; i++) {
            if (!candidateCounted && remainingTokens <= remaining[i]) {
                peak = Math.max(peak, alive + (long) count * remainingTokens);
                alive -= heldTokens;
                count--;
                candidateCounted = true;
            }
            peak = Math.max(peak, alive + (long) count * remaining[i]);
            alive -= held[i];
            count--;
        }
        return candidateCounted ? peak : Math.max(peak, alive + (long) count * remainingTokens);
    }
}
