package dev.pigou.scheduler;

import dev.pigou.kvcache.BlockTable;
import dev.pigou.kvcache.InvariantViolation;
import dev.pigou.kvcache.KvCacheManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each step computes. A step is three calls: {@link #plan}, the execution of the plan on the
 * device, and {@link #apply} with what came out (or {@link #fail} or {@link #retract} if nothing did). While a plan is
 * {@link #launched} and in flight, the next may be made: it counts what is in flight as computed, and gives those that await a
 * token the chunk after it. The device must execute plans in their order.
 *
 * <p>A sequence has tokens and, of those, computed ones; a step closes that gap under a token budget. Whether
 * the gap is a whole prompt, what a budget left of it, the one token produced last, or everything after a
 * preemption makes no difference:
 *
 * <ol>
 * <li>running sequences that the policy wants out of the way are preempted: they give their blocks back, keep their
 * tokens, and wait again;
 * <li>running sequences that decode get their token, in policy order; where memory is short the last of all that run is
 * preempted;
 * <li>what is left of the budget goes to prompts, begun ones and, if memory was not short, waiting ones, in the order in
 * which the policy wants them computed. Waiting sequences are admitted in policy order, as long as the policy admits them
 * and they fit. One gets blocks for all tokens it has and one more, so from then on only new tokens can make memory short,
 * and admitting never leads straight to preempting.
 * </ol>
 *
 * <p>A plan never holds a sequence that was preempted by the same plan: victims come from the end of the
 * order, chunks are given from its start. The first in order can always go on, since {@link #add} refuses
 * what the memory could never hold.
 *
 * <p>Steps allocate nothing but the storage of sequences that grow. Owned by one thread.
 *
 * <ul>
 * <li>I3: a running sequence has blocks for its computed tokens at least, and fewer computed tokens than
 * tokens, unless one is in flight.
 * <li>I4: no sequence both runs and waits.
 * <li>I5: no block is held but by the sequences that run. Leased ones are retained, and give way.
 * </ul>
 */
public final class Scheduler {
    /** So many waiting sequences may be passed over in one step before no more are tried. */
    private static final int MOST_PASSED = 32;

    private final SchedulerConfig config;
    private final SchedulingPolicy policy;
    private final KvCacheManager kvCache;
    private final WaitingQueue waiting;
    private final RunningSet running;
    private final Leases leases;
    private final TokenBudget budget = new TokenBudget();
    private final StepPlans plans;
    /** Made last, or being made. */
    private StepPlan plan;
    private final SchedulerView view = new View();
    private final @Nullable Sequence[] passed = new @Nullable Sequence[MOST_PASSED];
    private int passedCount;
    private final @Nullable Sequence[] prefilling;

    private long promptTokens;
    private long generationTokens;
    private long preemptions;

    public Scheduler(SchedulerConfig config, SchedulingPolicy policy, KvCacheManager kvCache) {
        this.config = config;
        this.policy = policy;
        this.kvCache = kvCache;
        waiting = new WaitingQueue(policy);
        running = new RunningSet(policy, config.maxNumSeqs());
        leases = new Leases(kvCache, policy);
        plans = new StepPlans(config.maxNumSeqs());
        plan = plans.begin(0);
        prefilling = new @Nullable Sequence[config.maxNumSeqs()];
    }

    /**
     * Queues a new sequence.
     *
     * @throws IllegalArgumentException if it could never run: its prompt is longer than the model allows, or
     *     all its tokens need more KV memory than there is
     */
    public void add(Sequence sequence, long nowNanos) {
        if (sequence.state() != SequenceState.WAITING || sequence.isQueued()) {
            throw new IllegalStateException("sequence " + sequence.id() + " was added before");
        }
        requireFeasible(sequence);
        policy.added(sequence, nowNanos);
        waiting.add(sequence, nowNanos);
    }

    /**
     * Cuts the sequence's length to what the model allows; to be called before it is looked at without being added, as for a
     * quote.
     *
     * @throws IllegalArgumentException if it could never run, as {@link #add} would
     */
    public void requireFeasible(Sequence sequence) {
        if (sequence.promptLength() > config.maxModelLen()) {
            throw new IllegalArgumentException("sequence " + sequence.id() + " has a prompt of "
                    + sequence.promptLength() + " tokens, but the model allows " + config.maxModelLen()
                    + " of prompt and answer together");
        }
        sequence.limit(config.maxModelLen());
        if (sequence.mostComputedTokens() > kvCache.capacityTokens()) {
            throw new IllegalArgumentException("sequence " + sequence.id() + " can grow to "
                    + sequence.maxLength() + " tokens, but the KV cache has room for "
                    + kvCache.capacityTokens() + "; ask for fewer tokens or give the cache more memory");
        }
    }

    /** True if a plan would not be empty, unless all that run end with the step in flight. */
    public boolean hasWork() {
        return running.size() > 0 || !waiting.isEmpty();
    }

    /** Which policy chooses. Only what it says is safe from any thread may be called by others than the owner. */
    public SchedulingPolicy policy() {
        return policy;
    }

    /** There is nothing to plan, and time passes: the policy has to know, for its prices fall when work is gone. */
    public void idle(long nowNanos) {
        chargeRent(nowNanos);
        leases.endDue(nowNanos);
        policy.beginStep(view, nowNanos);
    }

    /** Plans the next step, as large as the configuration allows. */
    public StepPlan plan(long nowNanos) {
        return plan(config.maxNumBatchedTokens(), nowNanos);
    }

    /**
     * Plans the next step. The plan before it must have been applied, failed or retracted, or be in flight, and the one
     * before that must not be.
     *
     * @param mostTokens at least 1; never more than the configuration allows
     */
    public StepPlan plan(int mostTokens, long nowNanos) {
        plan = plans.begin(nowNanos);
        chargeRent(nowNanos);
        leases.endDue(nowNanos);
        policy.beginStep(view, nowNanos);
        budget.startStep(policy.mostTokens(view, Math.min(mostTokens, config.maxNumBatchedTokens())));
        waiting.refresh(nowNanos);
        turnAway(nowNanos);
        makeWay(nowNanos);
        running.sort(nowNanos);
        prefill(decode(nowNanos), nowNanos);
        plans.filled();
        return plan;
    }

    /** Ends those that the policy sees no hope for, so that they can try elsewhere. */
    private void turnAway(long nowNanos) {
        for (Sequence hopeless = policy.turnAway(view, nowNanos); hopeless != null; hopeless = policy
                .turnAway(view, nowNanos)) {
            finish(hopeless, FinishReason.REFUSED, nowNanos);
        }
    }

    /** Preempts those whose memory the policy wants for others. */
    private void makeWay(long nowNanos) {
        for (Sequence victim = policy.makeWay(view, nowNanos); victim != null; victim = policy.makeWay(view,
                nowNanos)) {
            preempt(victim, nowNanos);
        }
    }

    /** Whoever holds memory pays for it up to now. Before the price or the holders change. */
    private void chargeRent(long nowNanos) {
        kvCache.chargeRent(policy.blockPriceNano(), nowNanos);
    }

    /** A token for each that decodes. Returns true if memory sufficed for all of them. */
    private boolean decode(long nowNanos) {
        int before = running.size();
        for (int i = 0; i < running.size() && !budget.isSpent(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.uncomputed() != 1) {
                continue;
            }
            int end = chunkEnd(sequence);
            if (!makeRoom(sequence, end, nowNanos)) {
                return false; // it was the last in order and preempted itself
            }
            addChunk(sequence, end);
        }
        return running.size() == before;
    }

    private static boolean isPrefilling(Sequence sequence) { return sequence.uncomputed() > 1; }

    /**
     * What decoding leaves of the budget goes to prompts, those begun and those that wait, in the policy's order. Whoever has
     * begun has memory for all of his prompt, so this preempts nobody.
     */
    private void prefill(boolean admitting, long nowNanos) {
        int begun = collectPrefilling(nowNanos);
        boolean open = admitting;
        for (int i = 0; i < begun && !budget.isSpent(); i++) {
            Sequence sequence = Objects.requireNonNull(prefilling[i]);
            open = open && admitWaiting(sequence, nowNanos);
            if (!budget.isSpent()) {
                addChunk(sequence, chunkEnd(sequence));
            }
        }
        Arrays.fill(prefilling, 0, begun, null);
        if (open) {
            admitWaiting(null, nowNanos);
        }
        waitAgain(nowNanos);
    }

    /** Returns how many there are, now in {@link #prefilling} in the order in which they are to be served. */
    private int collectPrefilling(long nowNanos) {
        int count = 0;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (isPrefilling(sequence)) {
                int place = count++;
                while (place > 0 && policy.comparePrefills(sequence,
                        Objects.requireNonNull(prefilling[place - 1]), nowNanos) < 0) {
                    prefilling[place] = prefilling[place - 1];
                    place--;
                }
                prefilling[place] = sequence;
            }
        }
        return count;
    }

    /**
     * Preempts from the end of the order until the sequence has room. Returns false if it was preempted
     * itself.
     */
    private boolean makeRoom(Sequence sequence, int end, long nowNanos) {
        while (!kvCache.reserve(sequence.blocks(), end, nowNanos)) {
            Sequence victim = running.last();
            preempt(victim, nowNanos);
            if (victim == sequence) {
                return false;
            }
        }
        return true;
    }

    private void preempt(Sequence victim, long nowNanos) {
        running.remove(victim);
        kvCache.release(victim.blocks(), nowNanos);
        victim.preempted(nowNanos);
        policy.preempted(victim, nowNanos);
        waiting.add(victim, nowNanos);
        plan.countPreempted();
        preemptions++;
    }

    /**
     * Admits those who wait, in order, and as long as they go before a prompt that has begun.
     *
     * @param begun null if there is none left
     * @return false if nobody else is to be tried in this step
     */
    private boolean admitWaiting(@Nullable Sequence begun, long nowNanos) {
        while (!waiting.isEmpty() && !running.isFull() && !budget.isSpent()) {
            Sequence sequence = waiting.first();
            if (begun != null && policy.comparePrefills(sequence, begun, nowNanos) > 0) {
                return true;
            }
            Admission admission = policy.admission(sequence, view, nowNanos);
            if (admission == Admission.REFUSE) {
                finish(sequence, FinishReason.REFUSED, nowNanos);
            } else if (admission != Admission.STOP && admission != Admission.PASS
                    && fits(sequence, nowNanos)) {
                start(sequence, nowNanos);
            } else if (admission == Admission.STOP || admission == Admission.ADMIT
                    || passedCount == MOST_PASSED) {
                return false;
            } else {
                waiting.remove(sequence, nowNanos);
                passed[passedCount++] = sequence;
            }
        }
        return true;
    }

    /** Those who were passed over go back to where they were. */
    private void waitAgain(long nowNanos) {
        while (passedCount > 0) {
            waiting.add(Objects.requireNonNull(passed[--passedCount]), nowNanos);
            passed[passedCount] = null;
        }
    }

    /** Gives the sequence its memory if there is enough. */
    private boolean fits(Sequence sequence, long nowNanos) {
        int needed = Math.min(sequence.length() + 1, sequence.mostComputedTokens());
        return kvCache.admit(sequence.blocks(), sequence.tokens(), sequence.reusableTokens(), needed,
                nowNanos);
    }

    private void start(Sequence sequence, long nowNanos) {
        waiting.remove(sequence, nowNanos);
        sequence.admitted(sequence.blocks().committed() * kvCache.blockSize(), kvCache.blockSize());
        policy.admitted(sequence, nowNanos);
        running.add(sequence);
        addChunk(sequence, chunkEnd(sequence));
    }

    private int chunkEnd(Sequence sequence) {
        return sequence.computedTokens() + budget.atMost(sequence.uncomputed());
    }

    private void addChunk(Sequence sequence, int end) {
        budget.spend(end - sequence.computedTokens());
        plan.add(sequence, end);
    }

    /**
     * The plan made last is on its way to the device, and the next is to be made before its outcome is known. The one before
     * it must have been applied, failed or retracted. Sequences that ended since the plan was made are passed over.
     */
    public void launched(StepPlan launching) { plans.launch(launching); }

    /** Takes in what a step produced. Sequences that ended or were preempted since the plan was made are passed over. */
    public void apply(StepPlan executed, StepResult result, long nowNanos) {
        plans.land(executed, nowNanos);
        chargeRent(nowNanos);
        for (int chunk = 0; chunk < executed.size(); chunk++) {
            Sequence sequence = executed.sequence(chunk);
            if (sequence.chunkInFlight() != chunk) {
                continue;
            }
            sequence.landed();
            if (result.failed(chunk)) {
                finish(sequence, FinishReason.ERROR, nowNanos);
                continue;
            }
            advance(executed, chunk, nowNanos);
            policy.computed(executed, chunk);
            if (executed.samples(chunk)) {
                append(sequence, result.token(chunk), chunk, nowNanos);
            } else if (executed.to(chunk) == sequence.length()) {
                finish(sequence, FinishReason.LENGTH, nowNanos);
            }
        }
        policy.stepApplied(executed, view, executed.begunNanos(), nowNanos);
    }

    private void advance(StepPlan executed, int chunk, long nowNanos) {
        Sequence sequence = executed.sequence(chunk);
        int prompt = sequence.promptLength();
        promptTokens += Math.min(executed.to(chunk), prompt) - Math.min(executed.from(chunk), prompt);
        kvCache.commit(sequence.blocks(), sequence.tokens(), executed.to(chunk), nowNanos);
    }

    private void append(Sequence sequence, int token, int chunk, long nowNanos) {
        sequence.append(token, nowNanos);
        generationTokens++;
        sequence.produced(token, chunk);
        if (isStop(sequence.params(), token)) {
            finish(sequence, FinishReason.STOP, nowNanos);
        } else if (!sequence.mayProduce()) {
            finish(sequence, FinishReason.LENGTH, nowNanos);
        }
    }

    private boolean isStop(SamplingParams params, int token) {
        return (!params.ignoreEos() && contains(config.eosTokenIds(), token))
                || contains(params.stopTokenIds(), token);
    }

    private static boolean contains(int[] ids, int token) {
        for (int id : ids) {
            if (id == token) {
                return true;
            }
        }
        return false;
    }

    /**
     * The device failed to execute the plan: its sequences end with ERROR, and what they computed is not
     * kept.
     */
    public void fail(StepPlan failed, long nowNanos) {
        plans.land(failed, nowNanos);
        for (int chunk = 0; chunk < failed.size(); chunk++) {
            if (failed.sequence(chunk).chunkInFlight() == chunk) {
                finish(failed.sequence(chunk), FinishReason.ERROR, nowNanos);
            }
        }
    }

    /**
     * The device could not execute the plan now: its sequences stay as they were, to be planned again. If another was planned
     * while this one was in flight, that is to be retracted first.
     */
    public void retract(StepPlan retracted) { plans.withdraw(retracted); }

    /**
     * Ends a sequence from outside the step: its client went away, or its text is complete. Its blocks are
     * free when this returns. Does nothing if it has ended already.
     */
    public void finish(Sequence sequence, FinishReason reason, long nowNanos) {
        switch (sequence.state()) {
            case FINISHED -> {
                return;
            }
            case WAITING -> {
                if (!sequence.isQueued()) {
                    throw new IllegalStateException("sequence " + sequence.id() + " was never added");
                }
                waiting.remove(sequence, nowNanos);
            }
            case RUNNING -> {
                chargeRent(nowNanos);
                running.remove(sequence);
                if (reason == FinishReason.ERROR) {
                    kvCache.discard(sequence.blocks(), nowNanos);
                } else {
                    sequence.leased(isAnswer(reason) ? leases.grant(sequence, nowNanos) : null);
                    kvCache.release(sequence.blocks(), nowNanos);
                }
            }
        }
        sequence.charge().kv(kvCache.rentPico(sequence.blocks()));
        sequence.finished(reason);
        policy.ended(sequence, nowNanos);
        PrefixLease lease = sequence.lease();
        if (lease != null) {
            policy.leased(sequence, lease, nowNanos);
        }
        sequence.announceEnd();
    }

    private static boolean isAnswer(FinishReason reason) {
        return reason == FinishReason.STOP || reason == FinishReason.LENGTH;
    }

    /** Ends every lease, and bills it: nobody plans any more. */
    public void endLeases(long nowNanos) {
        chargeRent(nowNanos);
        leases.endAll(nowNanos);
    }

    /** Tokens in a KV block. */
    public int blockSize() { return kvCache.blockSize(); }

    public int runningCount() { return running.size(); }

    /** Sequences queued, preempted ones among them. */
    public int waitingCount() { return waiting.size(); }

    /** For reading, by this scheduler's thread. */
    public SchedulerView view() { return view; }

    public SchedulerSnapshot snapshot() {
        return new SchedulerSnapshot(running.size(), waiting.size(), kvCache.totalBlocks(),
                kvCache.usedBlocks(), kvCache.cachedBlocks(), promptTokens, generationTokens,
                kvCache.queriedTokens(), kvCache.hitTokens(),
                kvCache.ledger().foreignBlocks() * kvCache.blockSize(), preemptions);
    }

    /**
     * Checks I1 to I5 and the invariants of the KV cache. Takes time in proportion to all blocks; allocates.
     */
    public void checkInvariants(long nowNanos) {
        waiting.refresh(nowNanos);
        waiting.checkInvariants(nowNanos);
        List<BlockTable> tables = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            checkRunning(running.get(i));
            tables.add(running.get(i).blocks());
        }
        kvCache.checkInvariants(tables); // I5: it fails if a block has a holder beyond these
    }

    /** Its owner's own lists, for reading. */
    private final class View implements SchedulerView {
        @Override
        public int runningCount() { return running.size(); }

        @Override
        public Sequence running(int i) { return running.get(i); }

        @Override
        public int waitingCount() { return waiting.size(); }

        @Override
        public Sequence waiting(int i) { return waiting.get(i); }

        @Override
        public KvCacheManager kvCache() { return kvCache; }

        @Override
        public int cachedTokens(Sequence sequence) {
            return kvCache.cachedTokens(sequence.blocks().salt(), sequence.tokens(),
                    sequence.reusableTokens());
        }

        @Override
        public SchedulerConfig config() { return config; }
    }

    private void checkRunning(Sequence sequence) {
        InvariantViolation.require(sequence.state() == SequenceState.RUNNING && !sequence.isQueued(),
                "I4: what runs does not wait", sequence.id());
        InvariantViolation.require(
                sequence.computedTokens() < sequence.lengthAhead() || sequence.chunkInFlight() >= 0,
                "I3: a running sequence has more to compute", sequence.id(), sequence.computedTokens());
        InvariantViolation.require(kvCache.blocksFor(sequence.computedTokens()) <= sequence.blocks().size(),
                "I3: a running sequence has blocks for what is computed", sequence.id(),
                sequence.computedTokens(), sequence.blocks().size());
    }
}
