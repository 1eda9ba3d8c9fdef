package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.Jitter;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.report.RunReport;
import dev.pigou.bench.sim.report.SimulatedRun;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** T8: what all were charged is price times quantity, to the last picocredit, whatever happens on the way. */
final class BooksBalanceTest {
    private static final MachineSettings DISTURBED = new MachineSettings(4_500, 16, 64, 2048,
            MachineSettings.DEFAULT.cost(), new Jitter.Settings(0.2, 2, 0.5), 20);

    @ParameterizedTest
    @CsvSource({"1,known,lru,2", "2,unknown,price,2", "3,noisy:0.8,lru,4", "4,unknown,gdsf,4",
            "5,unknown,price,8", "6,unknown,lru,8"})
    void chargesAreWhatWasUsedAtItsPriceToTheUnit(long seed, String lengths, String retention,
            double perSecond) {
        RunReport run = new SimulatedRun(
                new SimulatedRun.Setting(DISTURBED, "price", retention, lengths, 1, seed),
                Demands.synthetic(1000, perSecond, 0.03, seed)).run();
        RunReport.Ledger ledger = Objects.requireNonNull(run.ledger());
        assertThat(ledger.charged()).as("seed %d, %s", seed, ledger).isEqualTo(ledger.priceTimesQuantity())
                .isPositive();
    }
}
