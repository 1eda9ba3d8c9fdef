package dev.pigou.kvcache;

/**
 * Since when blocks are idle, and the bin of their age. A spell of idleness begins when a block is retained, goes on when it
 * is evicted (the block is a ghost then, and lives in another slot) and ends when what was in it is used again. Owned by one
 * thread; each spell costs constant time for each bin it passes.
 *
 * <ul>
 * <li>I15: the ring names the open spells in the order in which they began, and each bin knows the oldest of its own.
 * </ul>
 */
final class IdleSpells {
    /** Told when a spell enters the next bin. */
    interface Listener {
        void aged(int slot, int bin);
    }

    private static final int ALL = 0;
    private static final int NONE = BlockPool.NULL_BLOCK;
    private static final double NANOS_PER_SECOND = 1e9;

    private final ReuseHazards hazards;
    private final Listener listener;
    /** All open spells in the order in which they began; those of one bin stand together. */
    private final BlockRings ring;
    private final int[] oldestIn = new int[AgeBins.BINS];
    private final long[] sinceNanos;
    private final byte[] bin;
    private final byte[] blockClass;

    /** @param slots spells that may be open at a time; they are 1 to {@code slots} */
    IdleSpells(int slots, ReuseHazards hazards, Listener listener) {
        this.hazards = hazards;
        this.listener = listener;
        ring = new BlockRings(slots, 1);
        sinceNanos = new long[slots + 1];
        bin = new byte[slots + 1];
        blockClass = new byte[slots + 1];
    }

    boolean isOpen(int slot) { return ring.contains(slot); }

    long sinceNanos(int slot) { return sinceNanos[slot]; }

    void open(int slot, int spellClass, boolean tail, long nowNanos) {
        sinceNanos[slot] = nowNanos;
        bin[slot] = 0;
        blockClass[slot] = (byte) spellClass;
        ring.addNewest(ALL, slot);
        enterBin(slot);
        hazards.opened(spellClass, tail, seconds(nowNanos));
    }

    /** @param used whether the spell ended with a use; if not, it is only not followed any longer */
    void close(int slot, long nowNanos, boolean used) {
        leaveBin(slot);
        ring.remove(slot);
        hazards.closed(blockClass[slot], bin[slot], seconds(sinceNanos[slot]),
                seconds(nowNanos - sinceNanos[slot]), used);
    }

    /** The spell goes on in another slot. */
    void move(int slot, int newSlot) {
        ring.replace(slot, newSlot);
        sinceNanos[newSlot] = sinceNanos[slot];
        bin[newSlot] = bin[slot];
        blockClass[newSlot] = blockClass[slot];
        if (oldestIn[bin[slot]] == slot) {
            oldestIn[bin[slot]] = newSlot;
        }
    }

    /** Puts every spell into the bin of its age. To be called before anything else at this time. */
    void advance(long nowNanos) {
        for (int from = 0; from < AgeBins.BINS - 1; from++) {
            int slot = oldestIn[from];
            while (slot != NONE && nowNanos - sinceNanos[slot] >= AgeBins.toNanos(from)) {
                pass(slot, from);
                slot = oldestIn[from];
            }
        }
    }

    private void pass(int slot, int from) {
        leaveBin(slot);
        bin[slot] = (byte) (from + 1);
        enterBin(slot);
        hazards.passed(blockClass[slot], from, seconds(sinceNanos[slot]));
        listener.aged(slot, from + 1);
    }

    /** As its newest. */
    private void enterBin(int slot) {
        if (oldestIn[bin[slot]] == NONE) {
            oldestIn[bin[slot]] = slot;
        }
    }

    private void leaveBin(int slot) {
        if (oldestIn[bin[slot]] == slot) {
            int next = ring.newerThan(slot);
            oldestIn[bin[slot]] = next != NONE && bin[next] == bin[slot] ? next : NONE;
        }
    }

    private static double seconds(long nanos) { return nanos / NANOS_PER_SECOND; }

    /** Checks I15; returns the number of open spells. */
    int checkInvariants() {
        int[] oldest = new int[AgeBins.BINS];
        int before = NONE;
        for (int slot = ring.oldest(ALL); slot != NONE; slot = ring.newerThan(slot)) {
            InvariantViolation.require(
                    before == NONE || (sinceNanos[before] <= sinceNanos[slot] && bin[before] >= bin[slot]),
                    "I15: the ring is in order of age", before, slot, sinceNanos[slot]);
            if (before == NONE || bin[before] != bin[slot]) {
                oldest[bin[slot]] = slot;
            }
            before = slot;
        }
        for (int i = 0; i < AgeBins.BINS; i++) {
            InvariantViolation.require(oldest[i] == oldestIn[i], "I15: a bin knows its oldest spell", i,
                    oldestIn[i], oldest[i]);
        }
        return ring.count(ALL, sinceNanos.length);
    }
}
