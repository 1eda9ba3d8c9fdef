package dev.pigou.kvcache;

/**
 * Segmented LRU: a block found in the cache at least once is protected, and goes only after all that never were. The
 * protected ones hold a share of the pool at most; the oldest of them then stands among the others again, as the newest.
 *
 * <p>Whoever finds a block finds its parents, so a parent is protected if a child is, and is demoted after it: the oldest
 * of each segment is a leaf, or its children are older ones of the other segment, which go first.
 *
 * <ul>
 * <li>I11: the links of both rings agree in both directions, and together they name each retained block once.
 * <li>I12: the protected ring holds as many blocks as are counted, and no more than its share.
 * </ul>
 */
public final class SlruRetention implements RetentionPolicy {
    private static final int PROBATION = 0;
    private static final int PROTECTED = 1;
    private static final double PROTECTED_SHARE = 0.8;

    private final BlockRings segments;
    private final boolean[] reused;
    private final boolean[] isProtected;
    private final int mostProtected;
    private int protectedCount;

    /** @param blocks usable blocks of the pool */
    public SlruRetention(int blocks) {
        segments = new BlockRings(blocks, 2);
        reused = new boolean[blocks + 1];
        isProtected = new boolean[blocks + 1];
        mostProtected = (int) (PROTECTED_SHARE * blocks);
    }

    @Override
    public void cached(int block, long nowNanos) { reused[block] = false; }

    @Override
    public void reused(int block, long nowNanos) { reused[block] = true; }

    @Override
    public void retained(int block, long nowNanos) {
        isProtected[block] = reused[block];
        segments.addNewest(reused[block] ? PROTECTED : PROBATION, block);
        protectedCount += reused[block] ? 1 : 0;
        if (protectedCount > mostProtected) {
            int demoted = segments.oldest(PROTECTED);
            remove(demoted);
            segments.addNewest(PROBATION, demoted);
        }
    }

    @Override
    public void taken(int block, long nowNanos) { remove(block); }

    @Override
    public int victim(long nowNanos) {
        int victim = segments.oldest(segments.isEmpty(PROBATION) ? PROTECTED : PROBATION);
        remove(victim);
        return victim;
    }

    @Override
    public void discarded(int block, long nowNanos) { remove(block); }

    private void remove(int block) {
        segments.remove(block);
        protectedCount -= isProtected[block] ? 1 : 0;
        isProtected[block] = false;
    }

    @Override
    public void checkInvariants(int retainedBlocks) {
        int probation = segments.count(PROBATION, retainedBlocks);
        int kept = segments.count(PROTECTED, retainedBlocks);
        InvariantViolation.require(probation + kept == retainedBlocks,
                "I11: the rings name each retained block once", probation, kept, retainedBlocks);
        InvariantViolation.require(kept == protectedCount && kept <= mostProtected,
                "I12: the protected ring is counted and bounded", kept, protectedCount, mostProtected);
    }
}
