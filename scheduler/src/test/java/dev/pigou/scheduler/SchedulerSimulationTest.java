package dev.pigou.scheduler;

import dev.pigou.scheduler.Simulation.Ahead;
import dev.pigou.scheduler.Simulation.Faults;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whole runs of the real scheduler over a fake device, checked after every step. */
final class SchedulerSimulationTest {
    static LongStream seeds() { return LongStream.range(0, 150); }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everySequenceEndsOnceWithTheTokensItWouldHaveAlone(long seed) {
        new Simulation(seed, Faults.NONE, Ahead.NEVER).run();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void soItDoesIfStepsArePlannedWhileTheOneBeforeIsInFlight(long seed) {
        new Simulation(seed, Faults.NONE, Ahead.SOMETIMES).run();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void deviceFaultsEndOnlyWhatTheyTouch(long seed) {
        new Simulation(seed, Faults.SOME, Ahead.NEVER).run();
        new Simulation(seed, Faults.SOME, Ahead.SOMETIMES).run();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theSameSeedTakesTheSameSteps(long seed) {
        assertThat(new Simulation(seed, Faults.SOME, Ahead.SOMETIMES).run())
                .isEqualTo(new Simulation(seed, Faults.SOME, Ahead.SOMETIMES).run());
    }

    /** If the simulations never preempted, hit a prefix or failed, they would prove little. */
    @Test
    void theSimulationsReachWhatIsRare() {
        Simulation.Coverage all = seeds().mapToObj(seed -> new Simulation(seed, Faults.SOME, Ahead.SOMETIMES))
                .peek(Simulation::run).map(Simulation::coverage).reduce(Simulation.Coverage::plus)
                .orElseThrow();
        assertThat(all.preemptions()).isGreaterThan(100);
        assertThat(all.prefixHits()).isGreaterThan(1000);
        assertThat(all.errors()).isGreaterThan(50);
        assertThat(all.cancelled()).isGreaterThan(100);
        assertThat(all.refused()).isGreaterThan(10);
        assertThat(all.cutPrompts()).isGreaterThan(100);
        assertThat(all.awaitedTokens()).isGreaterThan(1000);
        assertThat(all.droppedTokens()).isGreaterThan(20);
    }
}
