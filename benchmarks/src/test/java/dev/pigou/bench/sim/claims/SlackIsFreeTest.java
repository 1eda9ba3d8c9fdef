package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.Known;
import dev.pigou.bench.sim.LengthKnowledge;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.Outcomes;
import dev.pigou.bench.sim.Policies;
import dev.pigou.bench.sim.RandomDemand;
import dev.pigou.bench.sim.Retentions;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.kvcache.RetentionView;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * T1: with room to spare memory costs nothing, bit for bit, and pricing changes nothing. Prompts are short here, for
 * {@code price} takes fewer prompt tokens into a step than others do, and only below that are steps the same.
 */
final class SlackIsFreeTest {
    private static Demand slack(long seed) {
        return new RandomDemand(600, 2, 200, 150, 20, 5).generate(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void roomToSpareCostsNothingToTheLastBit(long seed) {
        PricedRun run = PricedRun.of(slack(seed), MachineSettings.DEFAULT, "known", seed);
        assertThat(run.prices).as("seed %d", seed)
                .allSatisfy(sample -> assertThat(sample.price()).as("at %s s", sample.from()).isEqualTo(0.0));
        assertThat(run.rentPico()).as("seed %d: rent in picocredits", seed).isZero();
    }

    /** When somebody's answer began and when it ended. */
    private record Times(int request, long firstTokenNanos, long endNanos) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void withRoomToSpareEveryPolicyGivesTheSameSchedule(long seed) {
        List<Times> expected = schedule("price", seed);
        for (String policy : List.of("fcfs", "priority", "vtc", "density", "sjf")) {
            assertThat(schedule(policy, seed)).as("%s, seed %d", policy, seed)
                    .containsExactlyElementsOf(expected);
        }
    }

    private static List<Times> schedule(String policy, long seed) {
        MachineSettings machine = MachineSettings.DEFAULT;
        Demand demand = slack(seed);
        Known known = new Known(machine, demand.tenants(), LengthKnowledge.named("unknown", demand, seed),
                RetentionView.of(Retentions.named("lru", machine)), seed);
        return Outcomes.of(demand, machine, Policies.named(policy, known)).all.stream()
                .map(each -> new Times(each.request().id(), each.firstTokenNanos(), each.endNanos()))
                .sorted(Comparator.comparingInt(Times::request)).toList();
    }
}
