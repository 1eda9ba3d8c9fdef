package dev.pigou.bench.load.result;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

final class HarnessHealthTest {
    @ParameterizedTest
    @CsvSource({"0, 0, false", "1, 0, false", "1, 1, false", "30, 1, false", "30, 2, false", "30, 4, true",
            "30, 30, true", "200, 2, false", "200, 8, true", "1000, 10, false", "1000, 25, true",
            "1000000, 10000, false", "1000000, 10400, true", "1000000, 1000000, true"})
    void lateSendsCountOnceThereAreMoreThanChanceAllows(int sends, int late, boolean bottleneck) {
        var health = new HarnessHealth(0.2, late, 50_000_000, 50_000_000);
        assertThat(health.bottleneck(sends)).isEqualTo(bottleneck);
    }

    @Test
    void aBusyThreadIsABottleneckThoughItSentInTime() {
        assertThat(new HarnessHealth(0.86, 0, 0, 0).bottleneck(30)).isTrue();
        assertThat(new HarnessHealth(0.84, 0, 0, 0).bottleneck(30)).isFalse();
    }

    @Test
    void aHarnessThatIsLateOnceInAHundredSeldomRaisesTheAlarm() {
        Random random = new Random(1);
        for (int sends : new int[]{10, 30, 100, 1000}) {
            long alarms = IntStream.range(0, 2000).filter(_ -> {
                int late = (int) IntStream.range(0, sends).filter(_ -> random.nextDouble() < 0.01).count();
                return new HarnessHealth(0, late, 0, 0).bottleneck(sends);
            }).count();
            assertThat(alarms).as("of 2,000 runs of %d sends", sends).isLessThanOrEqualTo(30);
        }
    }
}
