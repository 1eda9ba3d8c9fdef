package dev.pigou.scheduler.price;

import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.Arrival;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.estimate.OutputLengths;
import dev.pigou.scheduler.estimate.StepCostModel;
import dev.pigou.scheduler.estimate.StepWork;
import org.jspecify.annotations.Nullable;

/**
 * Runs what is worth most for the memory it takes. Waiting sequences are ordered by worth a block-second; running ones give
 * way where that gains more than it destroys; what could be had only too late, or above its price, is refused early. All by
 * the prices that a {@link Reauction} finds every so often.
 *
 * <p>Owned by the scheduler's thread; other threads read the latest {@link #prices}.
 */
public final class PricePolicy implements SchedulingPolicy {
    /** Prompt tokens of a step, however small its constant part: below that, matrix products get inefficient. */
    private static final int LEAST_CHUNK = 256;
    /** How long a request has just come. */
    private static final long JUST_NOW_NANOS = 1_000_000_000;
    /** Holding times after which memory is in other hands, and the odds are those of any other moment. */
    private static final double HOLDING_TIMES_OF_A_CROWD = 4;

    private final PriceConfig config;
    private final Valuation valuation;
    private final Metering metering;
    private final StepCostModel cost;
    private final KvPrice kvPrice;
    private final DemandCurve demand;
    private final Reauction reauction;
    private final WayForTheFirst way;
    private final StepWork work = new StepWork();
    private long auctionNanos = Long.MIN_VALUE;
    private boolean reranked;
    private int nextHopeless;
    private final PricePath path;
    private final Treasury treasury;
    private final Quoter quoter;
    private final PriceBoard board = new PriceBoard();

    /**
     * @param lengths how long answers get
     * @param cost what steps take
     * @param blockSize tokens in a KV block
     * @param retention what cached blocks yield, in seconds of step time saved per block-second
     */
    public PricePolicy(PriceConfig config, OutputLengths lengths, StepCostModel cost, int blockSize,
            RetentionView retention) {
        this.config = config;
        this.cost = cost;
        valuation = new Valuation(lengths, cost, blockSize);
        kvPrice = new KvPrice(config);
        demand = new DemandCurve(config.demandSeconds());
        path = new PricePath(config.demandSeconds());
        metering = new Metering(cost, config.resourcePrice(), blockSize);
        Bounds bounds = new Bounds(new CostForecast(lengths, metering, valuation, path, blockSize));
        treasury = new Treasury(metering, bounds, path, new Floors(blockSize));
        reauction = new Reauction(valuation, metering, kvPrice, demand, treasury, retention);
        quoter = new Quoter(bounds, reauction, valuation, demand, kvPrice);
        way = new WayForTheFirst(config, valuation);
    }

    /** Safe from any thread. */
    public PriceVector prices() { return board.read(); }

    /** What the price of memory is going to be. Safe from any thread. */
    public PriceForecast forecast() {
        return path.forecast(board.read().kvPublished());
    }

    @Override
    public String name() { return "price"; }

    /** Wallets and books. For the scheduler's thread only. */
    public Treasury treasury() { return treasury; }

    /** For the scheduler's thread only. */
    public Quoter quoter() { return quoter; }

    @Override
    public long blockPriceNano() { return Math.round(kvPrice.now() * 1e9); }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) { return Arrival.compareRanked(a, b); }

    /** Smith's rule: by what a second of delay costs, over the time that the rest of the prompt takes. */
    @Override
    public int comparePrefills(Sequence a, Sequence b, long nowNanos) {
        int byUrgency = Double.compare(urgency(b), urgency(a));
        return byUrgency != 0 ? byUrgency : compare(a, b, nowNanos);
    }

    private static double urgency(Sequence sequence) {
        return sequence.bid().latencyPrice() / Math.max(1, sequence.length() - sequence.computedTokens());
    }

    @Override
    public int mostTokens(SchedulerView view, int limit) {
        double prompts = config.chunkBases() * cost.baseSeconds() / cost.secondsPerPrefillToken(0);
        return prompts < limit
                ? Math.min(limit, Math.max(LEAST_CHUNK, (int) prompts) + view.runningCount())
                : limit;
    }

    @Override
    public boolean changesWithTime() { return reranked; }

    @Override
    public void added(Sequence sequence, long nowNanos) {
        sequence.footprint(valuation.waitingBlockSeconds(sequence));
        demand.arrived(reauction.rankToStart(sequence, nowNanos), sequence.footprint(), nowNanos);
    }

    @Override
    public void beginStep(SchedulerView view, long nowNanos) {
        reranked = auctionNanos == Long.MIN_VALUE || nowNanos - auctionNanos >= config.auctionSeconds() * 1e9;
        nextHopeless = reranked ? 0 : view.waitingCount();
        if (reranked) {
            auctionNanos = nowNanos;
            reauction.hold(view, nowNanos);
            treasury.repriced(kvPrice.now(), reauction.latencyPressure(), view, nowNanos);
            publish(nowNanos);
        }
    }

    private void publish(long nowNanos) {
        double second = metering.secondPrice(reauction.latencyPressure(), 0);
        board.write(nowNanos, kvPrice, second * cost.secondsPerPrefillToken(0),
                second * cost.secondsPerDecodeSequence());
    }

    /** Once after each auction: who cannot have his turn in time, or has nothing to gain any more. */
    @Override
    public @Nullable Sequence turnAway(SchedulerView view, long nowNanos) {
        while (nextHopeless < view.waitingCount()) {
            Sequence waiting = view.waiting(nextHopeless);
            if (isHopeless(waiting, view, nowNanos)) {
                return waiting; // another takes its place in the heap, and is looked at next
            }
            nextHopeless++;
        }
        return null;
    }

    private boolean isHopeless(Sequence waiting, SchedulerView view, long nowNanos) {
        if (treasury.isOutOfBudget(waiting, view, nowNanos)) {
            return true;
        }
        long worthless = waiting.bid().worthlessNanos(waiting.arrivalNanos());
        if (waiting.preemptions() > 0 || worthless == Bid.NO_DEADLINE) {
            return false;
        }
        double left = (worthless - nowNanos) / 1e9;
        if (left > 0 && treasury.isEntitled(waiting, worthless)) {
            return false; // its tenant's floor will let it in before
        }
        return isAboveItsPrice(waiting) ? isTooDear(waiting, left) : isTooLate(waiting, left, view, nowNanos);
    }

    /** Without a maximum there is no price to be above, and none is computed: this is asked of all that wait. */
    private boolean isAboveItsPrice(Sequence waiting) {
        double most = waiting.bid().maxPrice();
        return most < Double.POSITIVE_INFINITY
                && !FirstOrderCondition.paysOff(most, reauction.expectedCost(waiting));
    }

    /** A limit order waits as long as its price may come in time. */
    private boolean isTooDear(Sequence waiting, double left) {
        double cost = reauction.expectedCost(waiting);
        double seconds = secondsUntilAffordable(waiting, cost);
        if (left > 0 && seconds <= left) {
            return false;
        }
        waiting.refuse(new Refusal(Refusal.Reason.PRICE_TOO_HIGH, seconds, cost));
        return true;
    }

    private double secondsUntilAffordable(Sequence waiting, double cost) {
        double flat = reauction.flatCost(waiting);
        double most = waiting.bid().maxPrice();
        return most < flat
                ? Double.POSITIVE_INFINITY
                : path.forecast(kvPrice.published())
                        .secondsUntilAtMost(kvPrice.now() * (most - flat) / (cost - flat));
    }

    /**
     * Who comes again with the same bid meets the same queue, unless it was longer than usual: a time is given only to those
     * whose like mostly come in. It is when the queue will be short enough to let in who has just come, and as much longer as a
     * crowd takes to be gone.
     */
    private boolean isTooLate(Sequence waiting, double left, SchedulerView view, long nowNanos) {
        boolean justCame = nowNanos - waiting.arrivalNanos() < JUST_NOW_NANOS;
        double wait = demand.waitSeconds(-waiting.rank());
        if (wait * (justCame ? config.caution() : 1) <= left) {
            return false;
        }
        reauction.turnedAway(waiting, view, nowNanos);
        boolean mayComeIn = demand.chanceOfEntry(Valuation.densityAtOnce(waiting)) >= config.leastChance();
        double retryAfter = mayComeIn ? retryAfter(waiting, wait) : Double.POSITIVE_INFINITY;
        waiting.refuse(new Refusal(Refusal.Reason.NO_CAPACITY, retryAfter, reauction.expectedCost(waiting)));
        return true;
    }

    private double retryAfter(Sequence refused, double wait) {
        long arrival = refused.arrivalNanos();
        double leftAnew = (refused.bid().worthlessNanos(arrival) - arrival) / 1e9;
        return Math.max(1, wait - leftAnew / config.caution())
                + HOLDING_TIMES_OF_A_CROWD * path.holdingSeconds();
    }

    @Override
    public @Nullable Sequence makeWay(SchedulerView view, long nowNanos) {
        if (reranked && view.waitingCount() > 0) {
            reranked = false; // one plan an auction
            planWay(view, nowNanos);
        }
        return way.next();
    }

    private void planWay(SchedulerView view, long nowNanos) {
        Sequence first = view.waiting(0);
        int missing = view.kvCache().blocksFor(first.length() + 1) - view.kvCache().availableBlocks();
        double gain = FirstOrderCondition.net(first.value(nowNanos), reauction.computeCost(first));
        if (missing > 0 && gain > 0) {
            way.plan(first, missing, gain, reauction.wastedSecondPrice(), view, nowNanos);
        }
    }

    @Override
    public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
        Admission afforded = treasury.admission(sequence, view, nowNanos);
        if (afforded != Admission.ADMIT_IF_IT_FITS) {
            return afforded;
        }
        boolean paysOff = FirstOrderCondition.paysOff(sequence.bid().maxPrice(),
                reauction.expectedCost(sequence));
        return paysOff && !isReserved(sequence, view) ? Admission.ADMIT_IF_IT_FITS : Admission.PASS;
    }

    /**
     * True if it would take memory that others, worth more a block-second, are about to ask for. For their sake memory stays
     * free, but not all of it: on an idle machine nobody waits for those who may come.
     */
    private boolean isReserved(Sequence sequence, SchedulerView view) {
        if (view.runningCount() == 0) {
            return false;
        }
        int left = view.kvCache().availableBlocks() - view.kvCache().blocksFor(sequence.length() + 1);
        return left < demand.reservedBlocks(-sequence.rank());
    }

    @Override
    public void admitted(Sequence sequence, long nowNanos) {
        treasury.admitted(sequence, nowNanos);
        demand.started(Valuation.densityAtOnce(sequence), sequence.footprint(), sequence.blocks().size());
        sequence.rank(-valuation.lossByPreemption(sequence, reauction.wastedSecondPrice(), nowNanos));
        if (sequence.preemptions() > 0) {
            valuation.requeued(sequence.delayNanos(nowNanos) / 1e9);
        }
    }

    @Override
    public void preempted(Sequence sequence, long nowNanos) {
        sequence.footprint(valuation.waitingBlockSeconds(sequence));
        reauction.rankToStart(sequence, nowNanos);
    }

    @Override
    public void computed(StepPlan plan, int chunk) { treasury.computed(plan, chunk); }

    @Override
    public void stepApplied(StepPlan plan, SchedulerView view, long begunNanos, long nowNanos) {
        double seconds = (nowNanos - begunNanos) / 1e9;
        cost.observe(work.set(plan, view.kvCache().blockSize()), seconds);
        if (work.decodeSequences() > 0) {
            valuation.stepTook(seconds);
        }
    }

    @Override
    public void leased(Sequence answered, PrefixLease lease, long nowNanos) {
        treasury.leased(answered, lease, nowNanos);
    }

    @Override
    public boolean affords(PrefixLease lease, long rentPico, long nowNanos) {
        return treasury.affords(lease, rentPico, nowNanos);
    }

    @Override
    public void leaseEnded(PrefixLease lease, long nowNanos) { treasury.leaseEnded(lease, nowNanos); }

    @Override
    public void ended(Sequence sequence, long nowNanos) {
        treasury.ended(sequence, nowNanos);
        if (sequence.state() == SequenceState.FINISHED) {
            valuation.learn(sequence);
        }
    }
}
