package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.Bill;
import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.Outcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Of 100 answers about 95 cost at most what was said when they began, and that is not because ever so much was said. */
final class QuotesTest {
    private static final int SEEDS = 5;
    private static final int REQUESTS = 3000;
    private static final int LEARNING = 1000;

    @Test
    void ninetyFiveOfAHundredAnswersCostNoMoreThanTheirNinetyFivePercentFigure() {
        int answered = 0;
        int kept = 0;
        double metered = 0;
        double most = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            PricedRun run = PricedRun.of(Demands.synthetic(REQUESTS, 4, 0.05, seed), MachineSettings.DEFAULT,
                    "unknown", seed);
            for (Outcome outcome : run.outcomes) {
                if (outcome.fate() == Fate.COMPLETED && outcome.request().id() >= LEARNING) {
                    Bill bill = outcome.bill();
                    answered++;
                    kept += bill.meteredPico() <= bill.mostPico() ? 1 : 0;
                    metered += bill.meteredPico();
                    most += bill.mostPico();
                }
            }
        }
        String figures = "seeds 1 to %d, %d answers, %.1f times of what they cost was said".formatted(SEEDS,
                answered, most / metered);
        assertThat((double) kept / answered).as(figures).isBetween(0.93, 0.97);
        assertThat(most / metered).as(figures).isLessThan(15);
    }
}
