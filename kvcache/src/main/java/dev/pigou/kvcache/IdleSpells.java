package dev.pigou.kvcache;

/**
 * Since when blocks are idle, and the bin of their age. A spell of idleness begins when a block is retained, goes on when it
 * is evicted (the block is a ghost then, and lives in another slot) and ends when what was in it is used again. Owned by one
 * thread; each spell costs constant time for each bin it passes.
 *
 * <ul>
 * <li>I15: the ring of a bin names the open spells in it, in the order in which they began.
 * </ul>
 */
final class IdleSpells {
    /** Told when a spell enters the next bin. */
    interface Listener {
        void aged(int slot, int bin);
    }

    private static final double NANOS_PER_SECOND = 1e9;

    private final ReuseHazards hazards;
    private final Listener listener;
    private final BlockRings bins;
    private final long[] sinceNanos;
    private final byte[] bin;
    private final byte[] blockClass;

    /** @param slots spells that may be open at a time; they are 1 to {@code slots} */
    IdleSpells(int slots, ReuseHazards hazards, Listener listener) {
        this.hazards = hazards;
        this.listener = listener;
        bins = new BlockRings(slots, AgeBins.BINS);
        sinceNanos = new long[slots + 1];
        bin = new byte[slots + 1];
        blockClass = new byte[slots + 1];
    }

    boolean isOpen(int slot) { return bins.contains(slot); }

    long sinceNanos(int slot) { return sinceNanos[slot]; }

    void open(int slot, int spellClass, boolean tail, long nowNanos) {
        sinceNanos[slot] = nowNanos;
        bin[slot] = 0;
        blockClass[slot] = (byte) spellClass;
        bins.addNewest(0, slot);
        hazards.opened(spellClass, tail, seconds(nowNanos));
    }

    /** @param used whether the spell ended with a use; if not, it is only not followed any longer */
    void close(int slot, long nowNanos, boolean used) {
        bins.remove(slot);
        hazards.closed(blockClass[slot], bin[slot], seconds(sinceNanos[slot]),
                seconds(nowNanos - sinceNanos[slot]), used);
    }

    /** The spell goes on in another slot. */
    void move(int slot, int newSlot) {
        bins.replace(slot, newSlot);
        sinceNanos[newSlot] = sinceNanos[slot];
        bin[newSlot] = bin[slot];
        blockClass[newSlot] = blockClass[slot];
    }

    /** Puts every spell into the bin of its age. To be called before anything else at this time. */
    void advance(long nowNanos) {
        for (int from = 0; from < AgeBins.BINS - 1; from++) {
            int slot = bins.oldest(from);
            while (slot != BlockPool.NULL_BLOCK && nowNanos - sinceNanos[slot] >= AgeBins.toNanos(from)) {
                pass(slot, from);
                slot = bins.oldest(from);
            }
        }
    }

    private void pass(int slot, int from) {
        bins.remove(slot);
        bins.addNewest(from + 1, slot);
        bin[slot] = (byte) (from + 1);
        hazards.passed(blockClass[slot], from, seconds(sinceNanos[slot]));
        listener.aged(slot, from + 1);
    }

    private static double seconds(long nanos) { return nanos / NANOS_PER_SECOND; }

    /** Checks I15; returns the number of open spells. */
    int checkInvariants() {
        int open = 0;
        for (int ring = 0; ring < AgeBins.BINS; ring++) {
            open += bins.count(ring, sinceNanos.length);
            long before = Long.MIN_VALUE;
            for (int slot = bins.oldest(ring); slot != BlockPool.NULL_BLOCK; slot = bins.newerThan(slot)) {
                InvariantViolation.require(bin[slot] == ring && sinceNanos[slot] >= before,
                        "I15: a bin names its spells in order of age", slot, ring, sinceNanos[slot]);
                before = sinceNanos[slot];
            }
        }
        return open;
    }
}
