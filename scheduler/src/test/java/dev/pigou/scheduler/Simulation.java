package dev.pigou.scheduler;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

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

    /** How often each rare thing happened. */
    record Coverage(long preemptions, long prefixHits, int errors, int cancelled, int refused,
            int cutPrompts) {
        Coverage plus(Coverage other) {
            return new Coverage(preemptions + other.preemptions, prefixHits + other.prefixHits,
                    errors + other.errors, cancelled + other.cancelled, refused + other.refused,
                    cutPrompts + other.cutPrompts);
        }
    }

    /** A sequence that was added and what its owner heard. */
    private record Client(Sequence sequence, Recorder recorder) {}

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
    private long now;

    Simulation(long seed, Faults faults) {
        random = new SplittableRandom(seed);
        this.faults = faults;
        blockSize = 1 + random.nextInt(5);
        blocks = 2 + random.nextInt(20);
        config = new SchedulerConfig(1 + random.nextInt(8), 1 + random.nextInt(30), 5 + random.nextInt(40),
                EOS);
        kvCache = new KvCacheManager(blocks, blockSize, random.nextInt(5) > 0, new LruRetention(blocks));
        SchedulingPolicy policy = random.nextInt(3) > 0 ? new FcfsPolicy() : new ChangingPolicy();
        scheduler = new Scheduler(config, policy, kvCache);
        device = new FakeDevice(blocks, blockSize, VOCABULARY, config.maxNumSeqs());
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
                ended(FinishReason.CANCELLED), refused, cutPrompts);
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

    private void step() {
        Set<Long> runningBefore = idsInState(SequenceState.RUNNING);
        boolean work = scheduler.hasWork();
        StepPlan plan = faults == Faults.SOME && random.nextInt(10) == 0
                ? scheduler.plan(1 + random.nextInt(4), now)
                : scheduler.plan(now);
        assertThat(plan.size() > 0).as("a step makes progress if there is work").isEqualTo(work);
        checkPlan(plan, runningBefore);
        scheduler.checkInvariants(now);
        boolean stepFails = faults == Faults.SOME && random.nextInt(40) == 0;
        boolean retracted = !stepFails && faults == Faults.SOME && random.nextInt(20) == 0;
        execute(plan, stepFails || retracted);
        maybeFinish(FinishReason.CANCELLED);
        if (stepFails) {
            scheduler.fail(plan, now);
        } else if (retracted) {
            scheduler.retract(plan);
        } else {
            scheduler.apply(plan, device, now);
        }
        scheduler.checkInvariants(now);
        maybeFinish(FinishReason.STOP);
    }

    private void execute(StepPlan plan, boolean stepFails) {
        device.execute(plan);
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            if (stepFails || (faults == Faults.SOME && random.nextInt(60) == 0)) {
                device.poison(plan, chunk);
            }
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
            assertThat(to).isLessThanOrEqualTo(sequence.length())
                    .isLessThanOrEqualTo(sequence.blocks().size() * blockSize);
            assertThat(plan.samples(chunk)).isEqualTo(to == sequence.length() && to < sequence.maxLength());
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
        FakeDevice ownDevice = new FakeDevice(100, 16, VOCABULARY, 1);
        roomy.add(sequence, 0);
        while (roomy.hasWork()) {
            StepPlan plan = roomy.plan(0);
            ownDevice.execute(plan);
            roomy.apply(plan, ownDevice, 0);
        }
        return recorder;
    }
}
