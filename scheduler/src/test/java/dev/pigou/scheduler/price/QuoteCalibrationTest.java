package dev.pigou.scheduler.price;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class QuoteCalibrationTest {
    private static final int REQUESTS = 6000;
    private static final int LEARNING = 2000;
    /** Answers that have begun and not ended, on a full machine. */
    private static final int IN_FLIGHT = 150;

    /** The forecast is wrong by a factor; what is promised is right nevertheless. */
    @Test
    void ninetyFiveOfAHundredStayBelowHoweverWrongTheForecastIs() {
        for (double wrong : new double[]{0.2, 1, 8}) {
            QuoteCalibration calibration = new QuoteCalibration();
            SplittableRandom random = new SplittableRandom(1);
            int below = 0;
            for (int request = 0; request < REQUESTS; request++) {
                long metered = (long) (1e9 * Math.exp(random.nextGaussian()));
                long forecast = (long) (1e9 * wrong * calibration.factor());
                below += request >= LEARNING && metered <= forecast ? 1 : 0;
                calibration.learn(forecast, metered);
            }
            assertThat((double) below / (REQUESTS - LEARNING)).as("forecasts wrong by %s", wrong)
                    .isBetween(0.93, 0.97);
        }
    }

    /** What a factor was worth is known only when the answer ends; until then many others have begun with the same. */
    @Test
    void theFactorComesToRestThoughAnswersTakeLong() {
        record Begun(long forecast, long metered) {}
        QuoteCalibration calibration = new QuoteCalibration();
        SplittableRandom random = new SplittableRandom(1);
        Queue<Begun> running = new ArrayDeque<>();
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int request = 0; request < REQUESTS; request++) {
            long metered = (long) (1e9 * Math.exp(random.nextGaussian()));
            running.add(new Begun((long) (1e9 * calibration.factor()), metered));
            if (running.size() > IN_FLIGHT) {
                Begun ended = running.remove();
                calibration.learn(ended.forecast(), ended.metered());
            }
            if (request >= LEARNING) {
                least = Math.min(least, calibration.factor());
                most = Math.max(most, calibration.factor());
            }
        }
        assertThat(most / least).as("factors from %s to %s", least, most).isLessThan(3);
    }

    @Test
    void whatWasFreeAsForetoldTeachesNothing() {
        QuoteCalibration calibration = new QuoteCalibration();
        for (int request = 0; request < REQUESTS; request++) {
            calibration.learn(0, 0);
        }
        assertThat(calibration.factor()).isEqualTo(1);
    }
}
