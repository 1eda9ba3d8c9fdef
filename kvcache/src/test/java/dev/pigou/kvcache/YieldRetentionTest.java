package dev.pigou.kvcache;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static dev.pigou.kvcache.RetentionScript.prompt;
import static org.assertj.core.api.Assertions.assertThat;

final class YieldRetentionTest {
    private final YieldRetention retention = new YieldRetention(6, PrefillCost.linear(1, 1), Policies.SAVED);
    private final RetentionScript script = new RetentionScript(6, retention);

    @Test
    void ofEqualHopesTheCheapestToComputeGoes() {
        script.run(prompt(1, 4));
        script.run(prompt(2, 2));
        script.run(prompt(3, 1));
        assertThat(script.run(prompt(1, 4))).isEqualTo(4);
    }

    @Test
    void ofEqualBlocksTheOldestGoes() {
        script.run(prompt(1, 3));
        script.pass(0.1);
        script.run(prompt(2, 3));
        script.pass(0.1);
        script.run(prompt(3, 1));
        assertThat(script.run(prompt(1, 3))).isEqualTo(2);
    }

    @Test
    void nothingRetainedIsWorthNothing() {
        assertThat(retention.leastYield(0)).isZero();
        assertThat(offers()).isEmpty();
    }

    @Test
    void theOfferIsAllThatIsRetainedTheLeastFirst() {
        BlockTable held = new BlockTable(0);
        script.start(held, prompt(9, 1));
        script.run(prompt(1, 3));
        script.pass(30);
        script.run(prompt(2, 2));
        List<double[]> offers = offers();
        assertThat(offers.stream().mapToDouble(offer -> offer[1]).sum()).isEqualTo(5);
        assertThat(offers).hasSizeGreaterThan(1).isSortedAccordingTo((a, b) -> Double.compare(a[0], b[0]));
        assertThat(retention.leastYield(script.nowNanos())).isPositive();
        script.cache.release(held, script.nowNanos());
    }

    @Test
    void pricesThatMoveAreFollowed() {
        double[] price = {1};
        YieldRetention priced = new YieldRetention(6, depth -> price[0], Policies.SAVED);
        RetentionScript moving = new RetentionScript(6, priced);
        moving.run(prompt(1, 1));
        double before = priced.leastYield(moving.nowNanos());
        price[0] = 3;
        moving.pass(1);
        moving.run(prompt(1, 1));
        assertThat(priced.leastYield(moving.nowNanos())).isGreaterThan(2 * before);
        price[0] = 0;
        moving.pass(2);
        assertThat(priced.leastYield(moving.nowNanos())).isZero();
    }

    private List<double[]> offers() {
        List<double[]> offers = new ArrayList<>();
        retention.offer((yield, blocks) -> offers.add(new double[]{yield, blocks}), script.nowNanos());
        return offers;
    }
}
