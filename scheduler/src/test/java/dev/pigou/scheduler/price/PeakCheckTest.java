package dev.pigou.scheduler.price;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class PeakCheckTest {
    @Test
    void thePeakIsThatOfEveryStepPlayedOut() {
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int running = random.nextInt(8);
            long[] held = random.longs(running + 1, 0, 50).toArray();
            int[] remaining = random.ints(running + 1, 1, 30).toArray();
            PeakCheck check = new PeakCheck();
            for (int i = 0; i < running; i++) {
                check.add(held[i], remaining[i]);
            }
            assertThat(check.peakWith(held[running], remaining[running])).as("seed %d", seed)
                    .isEqualTo(playedOut(held, remaining));
        }
    }

    private static long playedOut(long[] held, int[] remaining) {
        long peak = 0;
        for (int step = 1; step <= 30; step++) {
            long use = 0;
            for (int i = 0; i < held.length; i++) {
                use += remaining[i] >= step ? held[i] + step : 0;
            }
            peak = Math.max(peak, use);
        }
        return peak;
    }
}
