package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.estimate.StepCost;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A crowd comes at once, and nobody after it: memory must not be kept free for those who have been served. */
class IdleMachineTest {
    private static final int CROWD = 40;
    private static final StepCost QUICK = new StepCost(1e-3, 1e-5, 1e-8, 2e-5, 1e-7);
    private static final Bid PATIENT = new Bid(House.ANN, 1, 0.001, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE,
            0);

    @Test
    void itNeverRestsWhileSomebodyWaits() {
        // An answer takes 57 blocks in the end, and one alone a quarter of a second.
        House house = new House(128, PriceConfig.DEFAULT, QUICK, 32, 1000);
        List<Sequence> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            crowd.add(house.add(house.make(PATIENT, new int[]{10 + i, 1, 2}, 225)));
        }
        for (int step = 0; house.scheduler.hasWork(); step++) {
            StepPlan plan = house.scheduler.plan(house.nowNanos);
            assertThat(plan.size()).as("chunks of step %d, after %d s", step, house.nowNanos / House.SECOND)
                    .isPositive();
            house.pass(plan);
            house.scheduler.apply(plan, house.result, house.nowNanos);
        }
        assertThat(crowd).allMatch(sequence -> sequence.state() == SequenceState.FINISHED);
    }
}
