package dev.pigou.kvcache;

/**
 * Cached blocks as capital: evicts the leaf of least <em>yield</em>, which is the prefill that keeping it will save per
 * second and block. What it yields follows ({@link BlockWorth}) from what computing it costs and the uses per second to expect
 * of it ({@link ReuseHazards}), which depend on its class (how often it was used, whether it was the last of its sequence) and
 * on how long it has been idle. Evicted blocks are remembered as ghosts for a while: only they can tell what was evicted too soon.
 *
 * <p>Blocks of one class, one octave of depth and one bin of age yield the same and form a <em>cell</em>. A victim is the
 * oldest leaf of the worst cell, which is known at any time ({@link Tournament}): its choice costs time in proportion to the
 * logarithm of the cells, however many blocks there are, and each block moves to another cell once for each bin that it
 * passes. Allocates nothing once constructed.
 *
 * <ul>
 * <li>I14: see {@link LeafRetention}. I15: see {@link IdleSpells}. I16: see {@link GhostBlocks}. I20: see {@link
 * Tournament}.
 * <li>I17: the retained blocks and the ghosts have an open spell of idleness, and nobody else.
 * <li>I18: a cell's count is that of the retained blocks in it, its ring names those of them that are leaves, and it takes
 * part in the tournament if there are any.
 * </ul>
 */
public final class YieldRetention extends LeafRetention implements RetentionView {
    private static final int GHOSTS_PER_BLOCK = 4;
    private static final int MOST_USES = 4;
    private static final int CLASSES = 2 * MOST_USES;
    private static final int DEPTHS = 16;
    private static final int BINS = AgeBins.BINS;
    private static final int CELLS = CLASSES * DEPTHS * BINS;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long LEARN_EVERY_NANOS = 30 * NANOS_PER_SECOND;
    private static final long PRICE_EVERY_NANOS = NANOS_PER_SECOND;
    /** Four to an octave. */
    private static final int STEP_SHIFT = 50;
    private static final long FIRST_STEP = Double.doubleToRawLongBits(0x1p-48) >>> STEP_SHIFT;
    private static final int STEPS = 256;

    private final int blocks;
    private final PrefillCost cost;
    private final BlockWorth worth;
    private final ReuseHazards hazards = new ReuseHazards(CLASSES);
    private final IdleSpells spells;
    private final GhostBlocks ghosts;
    /** By slot: a block's id, or the number of blocks plus that of a ghost. */
    private final int[] uses;
    /** By block. */
    private final short[] cell;
    private final BlockRings leaves;
    /** By cell. */
    private final int[] blocksIn = new int[CELLS];
    private final double[] yield = new double[CELLS];
    /** Of the cells that have leaves. */
    private final Tournament worst = new Tournament(yield);
    private final double[] stepYield = new double[STEPS];
    private final int[] stepBlocks = new int[STEPS];
    private long clockNanos = Long.MIN_VALUE;
    private long learnNanos = Long.MIN_VALUE;
    private long priceNanos = Long.MIN_VALUE;

    /**
     * @param blocks usable blocks of the pool
     * @param cost asked again each second, as prices move
     */
    public YieldRetention(int blocks, PrefillCost cost, BlockWorth worth) {
        this(blocks, cost, worth, Math.multiplyExact(blocks, GHOSTS_PER_BLOCK));
    }

    /** @param ghostCount evicted blocks that are remembered; at least 1 */
    YieldRetention(int blocks, PrefillCost cost, BlockWorth worth, int ghostCount) {
        super(blocks);
        this.blocks = blocks;
        this.cost = cost;
        this.worth = worth;
        int slots = Math.addExact(blocks, ghostCount);
        spells = new IdleSpells(slots, hazards, this::aged);
        ghosts = new GhostBlocks(ghostCount);
        uses = new int[slots + 1];
        cell = new short[blocks + 1];
        leaves = new BlockRings(blocks, CELLS);
    }

    @Override
    public void cached(int block, long nowNanos) {
        advance(nowNanos);
        uses[block] = 1;
        int ghost = ghosts.find(tree().hash(block));
        if (ghost != GhostBlocks.NONE) {
            uses[block] += uses[blocks + ghost];
            ghosts.remove(ghost);
            spells.close(blocks + ghost, clockNanos, true);
        }
    }

    @Override
    public void reused(int block, long nowNanos) { uses[block]++; }

    @Override
    public void retained(int block, long nowNanos) {
        advance(nowNanos);
        boolean tail = tree().isLeaf(block);
        int blockClass = 2 * (Math.min(uses[block], MOST_USES) - 1) + (tail ? 1 : 0);
        spells.open(block, blockClass, tail, clockNanos);
        int octave = Math.min(Integer.SIZE - 1 - Integer.numberOfLeadingZeros(tree().depth(block)),
                DEPTHS - 1);
        cell[block] = (short) ((blockClass * DEPTHS + octave) * BINS);
        blocksIn[cell[block]]++;
        super.retained(block, clockNanos);
    }

    @Override
    public void taken(int block, long nowNanos) {
        advance(nowNanos);
        super.taken(block, clockNanos);
        blocksIn[cell[block]]--;
        spells.close(block, clockNanos, true);
    }

    @Override
    public void discarded(int block, long nowNanos) {
        advance(nowNanos);
        super.discarded(block, clockNanos);
        blocksIn[cell[block]]--;
        spells.close(block, clockNanos, false);
    }

    @Override
    public int victim(long nowNanos) {
        advance(nowNanos);
        int victim = super.victim(clockNanos);
        blocksIn[cell[victim]]--;
        remember(victim);
        return victim;
    }

    private void remember(int victim) {
        int ghost = ghosts.next();
        int slot = blocks + ghost;
        if (ghosts.isInUse(ghost)) {
            ghosts.remove(ghost);
            spells.close(slot, clockNanos, false);
        }
        ghosts.add(ghost, tree().hash(victim));
        spells.move(victim, slot);
        uses[slot] = uses[victim];
    }

    /** A clock that jumps back stands still here until it has caught up. */
    private void advance(long nowNanos) {
        if (nowNanos > clockNanos) {
            clockNanos = nowNanos;
            spells.advance(nowNanos);
        }
    }

    /** A spell enters another bin of age, and if it is a block's and no ghost's, the block another cell. */
    private void aged(int slot, int bin) {
        if (slot > blocks) {
            return;
        }
        boolean isLeaf = leaves.contains(slot);
        if (isLeaf) {
            removeLeaf(slot);
        }
        blocksIn[cell[slot]]--;
        cell[slot] = (short) (cell[slot] - cell[slot] % BINS + bin);
        blocksIn[cell[slot]]++;
        if (isLeaf) {
            leaves.addNewest(joinedCell(slot), slot);
        }
    }

    /**
     * One that has just been retained is the newest of its cell. One that is a leaf because its last child was evicted is
     * about as old as that child was, which was the oldest of a cell.
     */
    @Override
    protected void addLeaf(int block, long nowNanos) {
        if (spells.sinceNanos(block) == nowNanos) {
            leaves.addNewest(joinedCell(block), block);
        } else {
            leaves.addOldest(joinedCell(block), block);
        }
    }

    private int joinedCell(int block) {
        if (!worst.takesPart(cell[block])) {
            worst.join(cell[block]);
        }
        return cell[block];
    }

    @Override
    protected void removeLeaf(int block) {
        leaves.remove(block);
        if (leaves.isEmpty(cell[block])) {
            worst.leave(cell[block]);
        }
    }

    @Override
    protected boolean hasLeaf(int block) { return leaves.contains(block); }

    @Override
    protected int leastLeaf(long nowNanos) {
        value();
        return leaves.oldest(worst.least());
    }

    private void value() {
        boolean learn = clockNanos >= learnNanos;
        if (learn) {
            hazards.learn((double) clockNanos / NANOS_PER_SECOND);
            learnNanos = clockNanos + LEARN_EVERY_NANOS;
        }
        if (learn || clockNanos >= priceNanos) {
            price();
            priceNanos = clockNanos + PRICE_EVERY_NANOS;
        }
    }

    private void price() {
        for (int octave = 0; octave < DEPTHS; octave++) {
            double saved = cost.credits((3 << octave) / 2);
            for (int blockClass = 0; blockClass < CLASSES; blockClass++) {
                for (int bin = 0; bin < BINS; bin++) {
                    yield[(blockClass * DEPTHS + octave) * BINS + bin] = worth.perSecond(saved,
                            hazards.usesPerSecond(blockClass, bin));
                }
            }
        }
        worst.replay();
    }

    @Override
    public double leastYield(long nowNanos) {
        advance(nowNanos);
        value();
        int least = worst.least();
        return least == Tournament.NOBODY ? 0 : yield[least];
    }

    @Override
    public void offer(Offers offers, long nowNanos) {
        advance(nowNanos);
        value();
        for (int i = 0; i < CELLS; i++) {
            if (blocksIn[i] > 0) {
                int step = step(yield[i]);
                stepYield[step] += yield[i] * blocksIn[i];
                stepBlocks[step] += blocksIn[i];
            }
        }
        for (int step = 0; step < STEPS; step++) {
            if (stepBlocks[step] > 0) {
                offers.blocks(stepYield[step] / stepBlocks[step], stepBlocks[step]);
                stepYield[step] = 0;
                stepBlocks[step] = 0;
            }
        }
    }

    /** By exponent and the first two bits of the fraction. */
    private static int step(double creditsPerBlockSecond) {
        long step = (Double.doubleToRawLongBits(creditsPerBlockSecond) >>> STEP_SHIFT) - FIRST_STEP;
        return Math.clamp(step, 0, STEPS - 1);
    }

    @Override
    public void checkInvariants(int retainedBlocks) {
        checkLeaves(retainedBlocks);
        int open = spells.checkInvariants();
        int ghostCount = ghosts.checkInvariants();
        InvariantViolation.require(open == retainedBlocks + ghostCount,
                "I17: retained blocks and ghosts are idle", open, retainedBlocks, ghostCount);
        worst.checkInvariants();
        int inCells = 0;
        for (int i = 0; i < CELLS; i++) {
            inCells += blocksIn[i];
            InvariantViolation.require(
                    worst.takesPart(i) == !leaves.isEmpty(i) && leaves.count(i, blocks) <= blocksIn[i],
                    "I18: a cell knows its leaves", i, blocksIn[i]);
        }
        InvariantViolation.require(inCells == retainedBlocks, "I18: cells hold the retained blocks", inCells,
                retainedBlocks);
    }
}
