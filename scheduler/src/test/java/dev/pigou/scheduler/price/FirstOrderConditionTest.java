package dev.pigou.scheduler.price;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class FirstOrderConditionTest {
    @Test
    void everyTermCounts() {
        assertThat(FirstOrderCondition.net(10, 0.5, 1, 0.25, 4, 2, 0.5)).isEqualTo(2);
        assertThat(FirstOrderCondition.net(10, 1, 3, 0, 0, 0, 0)).isEqualTo(FirstOrderCondition.net(10, 3));
    }

    @Test
    void doingNothingIsBetterOnlyThanALoss() {
        assertThat(FirstOrderCondition.paysOff(1, 1)).isTrue();
        assertThat(FirstOrderCondition.paysOff(1, Math.nextUp(1.0))).isFalse();
        assertThat(FirstOrderCondition.paysOff(Double.POSITIVE_INFINITY, 1e300)).isTrue();
    }

    /** The order by density is the rule, whatever the price of memory turns out to be. */
    @Test
    void anOptionPaysOffAtAPriceExactlyIfItsDensityIsAtLeastThat() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 1000; i++) {
            double net = 1 + random.nextInt(64);
            double blockSeconds = 1L << random.nextInt(10);
            double price = random.nextInt(128) / 64.0;
            assertThat(FirstOrderCondition.paysOff(net, price * blockSeconds))
                    .isEqualTo(FirstOrderCondition.density(net, blockSeconds) >= price);
        }
    }

    /** What is kept for others saves what computing it costs whenever one of them comes. */
    @Test
    void aCachedBlockIsWorthWhatItSaves() {
        assertThat(CachedBlock.worthPerSecond(8, 0.25)).isEqualTo(2);
        assertThat(CachedBlock.worthPerSecond(8, 0)).isZero();
    }
}
