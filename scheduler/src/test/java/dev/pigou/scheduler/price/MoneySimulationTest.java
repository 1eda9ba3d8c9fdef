package dev.pigou.scheduler.price;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

final class MoneySimulationTest {
    static LongStream seeds() { return LongStream.range(0, 100); }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theBooksBalanceToTheLastUnit(long seed) { new MoneySimulation(seed).run(); }

    /** If nothing rare happened in them, the simulations would prove little. */
    @Test
    void theSimulationsReachWhatIsRare() {
        MoneySimulation.Coverage all = seeds().mapToObj(MoneySimulation::new).map(MoneySimulation::run)
                .map(MoneySimulation::coverage).reduce(MoneySimulation.Coverage::plus).orElseThrow();
        assertThat(all.preemptions()).isGreaterThan(20);
        assertThat(all.refused()).isGreaterThan(20);
        assertThat(all.errors()).isGreaterThan(20);
        assertThat(all.cancelled()).isGreaterThan(20);
        assertThat(all.writtenOff()).isGreaterThan(20);
        assertThat(all.quoted()).isGreaterThan(20);
        assertThat(all.cached()).isGreaterThan(20);
        assertThat(all.leases()).isGreaterThan(20);
        assertThat(all.paidLeases()).isGreaterThan(20);
        assertThat(all.accruedLeases()).isGreaterThan(5);
    }
}
