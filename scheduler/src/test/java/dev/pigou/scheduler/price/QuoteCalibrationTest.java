package dev.pigou.scheduler.price;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class QuoteCalibrationTest {
    private static final int REQUESTS = 6000;
    private static final int LEARNING = 1000;

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

    @Test
    void whatWasFreeAsForetoldTeachesNothing() {
        QuoteCalibration calibration = new QuoteCalibration();
        for (int request = 0; request < REQUESTS; request++) {
            calibration.learn(0, 0);
        }
        assertThat(calibration.factor()).isEqualTo(1);
    }
}
