package dev.pigou.scheduler;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * One seeded run: random arrivals, cancels, stops and faults over a small pool. All choices come from the
 * seed.
 */
final class Simulation {
    private static final int VOCABULARY = 9;
    private static final int[] EOS = {0};
    private static final int REQUESTS = 40;
    private static final int MOST_STEPS = 20_000;

    enum Faults {
        NONE, SOME
    }

    /** Whether a step is planned while the one before is in flight. */
    enum Ahead {
        NEVER, SOMETIMES
    }

    /** How often each rare thing happened. */
    record Coverage(long preemptions, long prefixHits, int errors, int cancelled, int refused, int cutPrompts,
            int awaitedTokens, int droppedTokens) {
        Coverage plus(Coverage other) {
            return new Coverage(preemptions + other.preemptions, prefixHits + other.prefixHits,
                    errors + other.errors, cancelled + other.cancelled, refused + other.refused,
                    cutPrompts + other.cutPrompts, awaitedTokens + other.awaitedTokens,
                    droppedTokens + other.droppedTokens);
        }
    }

    /** A sequence that was added and what its owner heard. */
    private record Client(Sequence sequence, Recorder recorder) {}

    /** A plan in flight, and what the device makes of it. */
    private record Flight(StepPlan plan, FakeDevice.Step step) {}

    /** An order that has nothing to do with arrival and is another one every few steps. */
    private static final class ChangingPolicy implements SchedulingPolicy {
        private static final int PERIOD_NANOS = 30;

        @Override
        public int compare(Sequence a, Sequence b, long nowNanos) {
            int byRank = Long.compare(rank(a, nowNanos), rank(b, nowNanos));
            return byRank != 0 ? byRank : Long.compare(a.id(), b.id());
        }

        private static long rank(Sequence sequence, long nowNanos) {
            return (sequence.id() + nowNanos / PERIOD_NANOS) * 7 % 11;
        }

        @Override
        public boolean changesWithTime() { return true; }
    }

    private final SplittableRandom random;
    private final Faults faults;
    private final Ahead ahead;
    private final int blocks;
    private final int blockSize;
    private final SchedulerConfig config;
    private final KvCacheManager kvCache;
    private final Scheduler scheduler;
    private final FakeDevice device;
    private final List<Client> clients = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final Set<Long> endedFromOutside = new HashSet<>();
    private int refused;
    private int cutPrompts;
    private int awaitedTokens;
    private int droppedTokens;
    private @Nullable Flight inFlight;
    private long now;

    Simulation(long seed, Faults faults, Ahead ahead) {
        random = new SplittableRandom(seed);
        this.faults = faults;
        this.ahead = ahead;
        blockSize = 1 + random.nextInt(5);
        blocks = 2 + random.nextInt(20);
        config = new SchedulerConfig(1 + random.nextInt(8), 1 + random.nextInt(30), 5 + random.nextInt(40),
                EOS);
        kvCache = new KvCacheManager(blocks, blockSize, random.nextInt(5) > 0, new LruRetention(blocks));
        SchedulingPolicy policy = random.nextInt(3) > 0 ? new FcfsPolicy() : new ChangingPolicy();
        scheduler = new Scheduler(config, policy, kvCache);
        device = new FakeDevice(blocks, blockSize, VOCABULARY);
    }

    /** Runs to the end and checks everything on the way. Returns what happened, step by step. */
    List<String> run() {
        int arrivals = 0;
        for (int step = 0; arrivals < REQUESTS || scheduler.hasWork(); step++) {
            assertThat(step).as("steps without coming to an end").isLessThan(MOST_STEPS);
            while (arrivals < REQUESTS && random.nextInt(3) == 0) {
                arrive(arrivals++);
            }
            step();
            scheduler.checkInvariants(now);
            now += 1 + random.nextInt(3);
        }
        assertThat(kvCache.usedBlocks()).isZero();
        assertThat(kvCache.freeBlocks() + kvCache.cachedBlocks()).isEqualTo(blocks);
        clients.forEach(this::compareWithRunAlone);
        return trace;
    }

    Coverage coverage() {
        SchedulerSnapshot end = scheduler.snapshot();
        return new Coverage(end.preemptions(), end.prefixCacheHits(), ended(FinishReason.ERROR),
                ended(FinishReason.CANCELLED), refused, cutPrompts, awaitedTokens, droppedTokens);
    }

    private int ended(FinishReason reason) {
        return (int) clients.stream().filter(client -> client.recorder().reason == reason).count();
    }

    private void arrive(int id) {
        Recorder recorder = new Recorder();
        Sequence sequence = new Sequence(id, prompt(), params(), random.nextInt(4) / 3, now, recorder);
        int most = Math.min(sequence.maxLength(), config.maxModelLen());
        boolean tooLong = sequence.promptLength() > config.maxModelLen();
        if (tooLong || Math.max(sequence.promptLength(), most - 1) > blocks * blockSize) {
            assertThatThrownBy(() -> scheduler.add(sequence, now))
                    .isInstanceOf(IllegalArgumentException.class);
            refused++;
        } else {
            scheduler.add(sequence, now);
            clients.add(new Client(sequence, recorder));
        }
    }

    /**
     * One of three texts up to some place, and then something of its own: so that prefixes are shared at
     * every length.
     */
    private int[] prompt() {
        int text = random.nextInt(3);
        int shared = random.nextInt(20);
        int own = 1 + random.nextInt(6);
        int[] prompt = new int[shared + own];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = i < shared ? (text + i * i) % VOCABULARY : random.nextInt(VOCABULARY);
        }
        return prompt;
    }

    private SamplingParams params() {
        SamplingParams.Builder builder = SamplingParams.builder().maxTokens(random.nextInt(24));
        builder.ignoreEos(random.nextInt(4) > 0);
        if (random.nextInt(4) == 0) {
            builder.stopTokenIds(3);
        }
        if (random.nextInt(6) == 0) {
            builder.promptLogprobs(0);
        }
        return builder.build();
    }

    /** Brings one step to its end, and often launches the next before. */
    private void step() {
        Flight flight = inFlight == null ? launch(null) : inFlight;
        inFlight = null;
        Flight next = null;
        if (ahead == Ahead.SOMETIMES && random.nextInt(4) > 0 && flight.plan.size() > 0) {
            scheduler.launched(flight.plan);
            scheduler.checkInvariants(now);
            maybeFinish(FinishReason.CANCELLED);
            next = launch(flight);
            now += random.nextInt(3);
        }
        boolean stepFails = faults == Faults.SOME && random.nextInt(40) == 0;
        boolean retracted = !stepFails && faults == Faults.SOME && random.nextInt(20) == 0;
        if (next != null && (stepFails || retracted)) {
            scheduler.retract(next.plan); // the device takes nothing after a failure
            next = null;
        }
        boolean nextIsQuick = random.nextBoolean();
        if (next != null && nextIsQuick) {
            execute(next, flight.step);
        }
        maybeFinish(FinishReason.CANCELLED);
        if (stepFails || retracted) {
            poisonAll(flight.step);
        }
        if (stepFails) {
            scheduler.fail(flight.plan, now);
        } else if (retracted) {
            scheduler.retract(flight.plan);
        } else {
            countDropped(flight.plan);
            scheduler.apply(flight.plan, flight.step, now);
        }
        scheduler.checkInvariants(now);
        if (next != null && !nextIsQuick) {
            execute(next, flight.step);
        }
        inFlight = next != null && next.plan.size() > 0 ? next : null;
        maybeFinish(FinishReason.STOP);
    }

    /** Plans a step, and has it executed unless that is for later. */
    private Flight launch(@Nullable Flight before) {
        Set<Long> runningBefore = idsInState(SequenceState.RUNNING);
        boolean work = scheduler.hasWork();
        StepPlan plan = faults == Faults.SOME && random.nextInt(10) == 0
                ? scheduler.plan(1 + random.nextInt(4), now)
                : scheduler.plan(now);
        if (before == null) {
            assertThat(plan.size() > 0).as("a step makes progress if there is work").isEqualTo(work);
        }
        checkPlan(plan, runningBefore);
        scheduler.checkInvariants(now);
        Flight flight = new Flight(plan, device.pack(plan));
        if (before == null) {
            execute(flight, null);
        }
        return flight;
    }

    private void execute(Flight flight, FakeDevice.@Nullable Step before) {
        flight.step.execute(before);
        for (int chunk = 0; chunk < flight.step.size(); chunk++) {
            if (faults == Faults.SOME && random.nextInt(60) == 0) {
                flight.step.poison(chunk);
            }
        }
    }

    private static void poisonAll(FakeDevice.Step step) {
        for (int chunk = 0; chunk < step.size(); chunk++) {
            step.poison(chunk);
        }
    }

    private void countDropped(StepPlan plan) {
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            droppedTokens += plan.sequence(chunk).preemptions() > 0
                    && plan.sequence(chunk).state() == SequenceState.WAITING ? 1 : 0;
        }
    }

    private void checkPlan(StepPlan plan, Set<Long> runningBefore) {
        int total = 0;
        Set<Long> planned = new HashSet<>();
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            Sequence sequence = plan.sequence(chunk);
            int from = plan.from(chunk);
            int to = plan.to(chunk);
            trace.add(sequence.id() + ":" + from + "-" + to + "@" + sequence.blocks().block(0));
            assertThat(planned.add(sequence.id())).as("sequence %d is planned once", sequence.id()).isTrue();
            assertThat(sequence.state()).isEqualTo(SequenceState.RUNNING);
            assertThat(from).isEqualTo(sequence.computedTokens()).isLessThan(to);
            assertThat(to).isLessThanOrEqualTo(sequence.lengthAhead())
                    .isLessThanOrEqualTo(sequence.blocks().size() * blockSize);
            assertThat(plan.samples(chunk))
                    .isEqualTo(to == sequence.lengthAhead() && to < sequence.maxLength());
            assertThat(plan.awaits(chunk) >= 0).isEqualTo(to > sequence.length());
            awaitedTokens += to - Math.min(to, sequence.length());
            cutPrompts += to < sequence.promptLength() ? 1 : 0;
            total += to - from;
        }
        assertThat(plan.totalTokens()).isEqualTo(total).isLessThanOrEqualTo(config.maxNumBatchedTokens());
        if (plan.preempted() > 0) {
            assertThat(runningBefore).as("nothing is admitted in a step that preempted").containsAll(planned);
        }
    }

    private Set<Long> idsInState(SequenceState state) {
        Set<Long> ids = new HashSet<>();
        for (Client client : clients) {
            if (client.sequence().state() == state) {
                ids.add(client.sequence().id());
            }
        }
        return ids;
    }

    private void maybeFinish(FinishReason reason) {
        if (!clients.isEmpty() && random.nextInt(12) == 0) {
            Sequence sequence = clients.get(random.nextInt(clients.size())).sequence();
            if (sequence.state() != SequenceState.FINISHED) {
                endedFromOutside.add(sequence.id());
            }
            scheduler.finish(sequence, reason, now);
            scheduler.checkInvariants(now);
        }
    }

    private void compareWithRunAlone(Client client) {
        Recorder alone = runAlone(client.sequence());
        List<Integer> tokens = client.recorder().tokens;
        FinishReason reason = client.recorder().reason;
        long id = client.sequence().id();
        trace.add(id + " " + reason + " " + tokens);
        assertThat(reason).as("sequence %d ended", id).isNotNull();
        assertThat(tokens).as("sequence %d", id)
                .isEqualTo(alone.tokens.subList(0, Math.min(tokens.size(), alone.tokens.size())));
        if (faults == Faults.NONE) {
            assertThat(reason).isNotEqualTo(FinishReason.ERROR);
        }
        if (reason != FinishReason.ERROR && !endedFromOutside.contains(id)) {
            assertThat(tokens).as("sequence %d", id).hasSameSizeAs(alone.tokens);
            assertThat(reason).isEqualTo(alone.reason);
        }
    }

    /** The same request in an empty house with room for everything. */
    private Recorder runAlone(Sequence like) {
        int[] prompt = new int[like.promptLength()];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = like.token(i);
        }
        Recorder recorder = new Recorder();
        Sequence sequence = new Sequence(0, prompt, like.params(), like.blocks().salt(), 0, recorder);
        Scheduler roomy = new Scheduler(new SchedulerConfig(1, 1000, config.maxModelLen(), EOS),
                new FcfsPolicy(), new KvCacheManager(100, 16, false, new LruRetention(100)));
        FakeDevice ownDevice = new FakeDevice(100, 16, VOCABULARY);
        roomy.add(sequence, 0);
        while (roomy.hasWork()) {
            StepPlan plan = roomy.plan(0);
            FakeDevice.Step step = ownDevice.pack(plan);
            step.execute(null);
            roomy.apply(plan, step, 0);
        }
        return recorder;
    }
}
