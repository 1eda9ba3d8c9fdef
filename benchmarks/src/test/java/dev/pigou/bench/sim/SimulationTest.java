package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Prompt;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.estimate.StepCost;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class SimulationTest {
    private static final double FOREVER = 1e6;

    private static MachineSettings machine(int kvBlocks, int maxNumSeqs, int maxNumBatchedTokens) {
        return new MachineSettings(kvBlocks, 16, maxNumSeqs, maxNumBatchedTokens, StepCost.llama70bOnH100(16),
                Jitter.Settings.NONE, 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyRequestEndsOnceWhateverHappensToIt(long seed) {
        Demand demand = new RandomDemand(400, 8, 700, 60, 4, 3).generate(seed);
        Outcomes outcomes = Outcomes.of(demand, machine(45, 12, 96), new FcfsPolicy());

        assertThat(outcomes.all).as("seed %d", seed).hasSize(400)
                .extracting(outcome -> outcome.request().id()).doesNotHaveDuplicates();
        assertThat(outcomes.all).as("seed %d", seed).extracting(Outcome::fate).contains(Fate.COMPLETED,
                Fate.EXPIRED);
        assertThat(outcomes.all).as("seed %d", seed).allSatisfy(SimulationTest::isPlausible);
    }

    private static void isPlausible(Outcome outcome) {
        Request request = outcome.request();
        assertThat(outcome.endNanos()).isGreaterThanOrEqualTo(request.arrivalNanos());
        if (outcome.fate() == Fate.COMPLETED) {
            assertThat(outcome.firstTokenNanos()).isBetween(request.arrivalNanos(), outcome.endNanos());
            double atFirst = request.bid().valueAt(outcome.firstTokenNanos(), request.arrivalNanos());
            if (outcome.preemptions() == 0) {
                assertThat(outcome.credits()).isEqualTo(atFirst);
            } else {
                assertThat(outcome.credits()).isBetween(0.0, atFirst); // stalls count as delay
            }
        } else {
            assertThat(outcome.credits()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void firstComeFirstServedIsWhatItsDescriptionSays(long seed) {
        Demand answersOfTwo = new RandomDemand(120, 6, 300, 2, FOREVER, 0).generate(seed);
        MachineSettings shortOfMemory = machine(40, 8, 200);
        assertSame(answersOfTwo, shortOfMemory, seed);
        Demand longAnswers = new RandomDemand(120, 3, 300, 40, FOREVER, 0).generate(seed);
        MachineSettings shortOfSeats = machine(100_000, 5, 64);
        assertSame(longAnswers, shortOfSeats, seed);
    }

    private static void assertSame(Demand demand, MachineSettings machine, long seed) {
        Map<Integer, Long> expected = NaiveFcfs.firstTokens(demand, machine);
        List<Outcome> outcomes = Outcomes.of(demand, machine, new FcfsPolicy()).all;
        assertThat(outcomes).as("seed %d", seed).hasSize(expected.size())
                .allSatisfy(outcome -> assertThat(outcome.firstTokenNanos() / 1e9)
                        .as("request %d", outcome.request().id())
                        .isCloseTo(Objects.requireNonNull(expected.get(outcome.request().id())) / 1e9,
                                within(1e-6)));
    }

    /** With one seat and answers of one token a machine is a queue with Poisson arrivals and one server: M/D/1. */
    @Test
    void oneSeatWaitsAsLongAsQueueingTheorySays() {
        int requests = 200_000;
        double service = 0.1;
        double utilisation = 0.7;
        MachineSettings oneSeat = new MachineSettings(10, 16, 1, 100, new StepCost(service, 0, 0, 0, 0),
                Jitter.Settings.NONE, 20);
        Demand demand = new RandomDemand(requests, utilisation / service, 20, 1, FOREVER, 0).generate(11);
        double waited = Outcomes.of(demand, oneSeat, new FcfsPolicy()).all.stream()
                .mapToDouble(outcome -> outcome.ttftSeconds() - service).average().orElseThrow();
        // Pollaczek-Khinchine for a fixed service time
        assertThat(waited).isCloseTo(utilisation * service / (2 * (1 - utilisation)), within(0.004));
    }

    @Test
    void sharedPrefixesAreFoundAndOthersAreNot() {
        Demand sharing = new RandomDemand(300, 4, 200, 20, FOREVER, 2).generate(5);
        List<Outcome> outcomes = Outcomes.of(sharing, machine(10_000, 32, 512), new FcfsPolicy()).all;
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome.cachedTokens()).isLessThanOrEqualTo(32));
        assertThat(outcomes.stream()
                .filter(outcome -> outcome.request().promptTokens() > 40 && outcome.request().id() > 50))
                .allMatch(outcome -> outcome.cachedTokens() == 32);
    }

    @Test
    void whoseAnswerBeginsTooLateIsGoneAndFreesItsPlace() {
        Bid bid = new Bid(new Tenant(0, "a", 1), 1, 1, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0); // 1 s
        List<Request> requests = new ArrayList<>();
        for (int id = 0; id < 3; id++) {
            requests.add(
                    new Request(id, bid, id, new Prompt(10, new int[0], 0, 0, id), id == 0 ? 100 : 1, 100));
        }
        Demand demand = new Demand("three", List.of(bid.tenant()), requests);
        List<Outcome> outcomes = Outcomes.of(demand, machine(100, 1, 100), new FcfsPolicy()).all;
        assertThat(outcomes).extracting(Outcome::fate).containsExactly(Fate.EXPIRED, Fate.EXPIRED,
                Fate.COMPLETED);
        assertThat(outcomes.getFirst().endNanos() / 1e9).isCloseTo(1, within(0.05));
    }

    @Test
    void whatNoMachineOfThisSizeCouldAnswerIsRefusedAtOnce() {
        Demand demand = new RandomDemand(50, 5, 400, 10, FOREVER, 0).generate(3);
        List<Outcome> outcomes = Outcomes.of(demand, machine(10, 8, 64), new FcfsPolicy()).all;
        assertThat(outcomes).filteredOn(outcome -> outcome.fate() == Fate.REFUSED).isNotEmpty().allMatch(
                outcome -> outcome.request().promptTokens() + outcome.request().outputTokens() > 161);
    }

    @Test
    void aPolicyThatHoldsBackIsAskedAgainUntilItsTime() {
        Demand demand = new RandomDemand(1, 100, 20, 3, 60, 0).generate(1);
        Outcomes outcomes = Outcomes.of(demand, machine(100, 4, 100), new Gate(5_000_000_000L));
        assertThat(outcomes.all.getFirst().firstTokenNanos() / 1e9).isBetween(5.0, 5.2);
    }

    @Test
    void aPolicyThatHoldsBackForeverIsFound() {
        Demand demand = new RandomDemand(1, 100, 20, 3, FOREVER, 0).generate(1);
        assertThatThrownBy(() -> Outcomes.of(demand, machine(100, 4, 100), new Gate(Long.MAX_VALUE)))
                .hasMessageContaining("held back 1 requests");
    }

    @Test
    void jitterLeavesTheMeanStepAsItIs() {
        Jitter jitter = new Jitter(new Jitter.Settings(0.5, 6, 2), 9);
        var random = new SplittableRandom(1);
        double seconds = random.doubles(300_000).map(jitter::disturbed).average().orElseThrow();
        assertThat(seconds).isCloseTo(0.5 * (1 + 6 / 60.0 * 2), within(0.005));
    }

    /** Lets nobody in before a moment. */
    private record Gate(long opensNanos) implements SchedulingPolicy {
        @Override
        public int compare(Sequence a, Sequence b, long nowNanos) { return Long.compare(a.id(), b.id()); }

        @Override
        public boolean changesWithTime() { return false; }

        @Override
        public Admission admission(Sequence sequence, SchedulerView view, long nowNanos) {
            return nowNanos < opensNanos ? Admission.STOP : Admission.ADMIT;
        }
    }
}
