package dev.pigou.bench.load.workload;

import dev.pigou.bench.trace.Trace;
import dev.pigou.bench.trace.TraceRow;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.apache.commons.rng.sampling.distribution.AhrensDieterMarsagliaTsangGammaSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** An arrival process: when sessions begin, whatever becomes of those before. */
public sealed interface Arrivals {
    /**
     * Moments of arrival in seconds since the run began, in order.
     *
     * @return so many, or fewer if the process ends before
     */
    double[] seconds(int atMost, SplittableRandom random);

    /** All at once, as {@code --request-rate inf}. */
    record AtOnce() implements Arrivals {
        @Override
        public double[] seconds(int atMost, SplittableRandom random) { return new double[atMost]; }
    }

    /** One every {@code 1 / perSecond}, the first after one such interval. */
    record Constant(double perSecond) implements Arrivals {
        @Override
        public double[] seconds(int atMost, SplittableRandom random) {
            double[] seconds = new double[atMost];
            Arrays.setAll(seconds, i -> (i + 1) / perSecond);
            return seconds;
        }
    }

    /**
     * Gamma-distributed intervals, as vLLM's benchmark has them: shape {@code burstiness}, scale
     * {@code 1 / (perSecond * burstiness)}. A burstiness of 1 is a Poisson process; the smaller, the burstier: intervals have
     * a coefficient of variation of {@code 1 / sqrt(burstiness)}. As in vLLM all times are then stretched by one factor that
     * puts the last arrival at {@code n / perSecond}, so that the load offered is what was asked for and no draw of luck.
     */
    record Gamma(double perSecond, double burstiness) implements Arrivals {
        @Override
        public double[] seconds(int atMost, SplittableRandom random) {
            var interval = AhrensDieterMarsagliaTsangGammaSampler.of(random::nextLong, burstiness,
                    1 / (perSecond * burstiness));
            double[] seconds = new double[atMost];
            double now = 0;
            for (int i = 0; i < atMost; i++) {
                now += interval.sample();
                seconds[i] = now;
            }
            if (now == 0) {
                return seconds; // few and very bursty
            }
            double stretch = atMost / perSecond / now;
            Arrays.setAll(seconds, i -> seconds[i] * stretch);
            return seconds;
        }
    }

    /** One {@link Step} after another, and no arrivals after the last. */
    record Stepped(List<Step> steps) implements Arrivals {
        public Stepped {
            steps = List.copyOf(steps);
        }

        @Override
        public double[] seconds(int atMost, SplittableRandom random) {
            var seconds = DoubleStream.builder();
            int arrived = 0;
            double begin = 0;
            for (Step step : steps) {
                double end = begin + step.seconds;
                if (step.perSecond > 0) {
                    var interval = ZigguratSampler.Exponential.of(random::nextLong, 1 / step.perSecond);
                    // memoryless: where a step begins, the wait may begin anew
                    for (double now = begin + interval.sample(); now < end && arrived < atMost; arrived++) {
                        seconds.add(now);
                        now += interval.sample();
                    }
                }
                begin = end;
            }
            return seconds.build().toArray();
        }
    }

    /** A Poisson process of this rate for so many seconds; a rate of 0 is a pause. */
    record Step(double perSecond, double seconds) {}

    /**
     * The arrivals of a trace.
     *
     * @param timeScale times are divided by it: 2 replays an hour in half of one, at twice the load
     */
    record Recorded(Trace trace, double timeScale) implements Arrivals {
        @Override
        public double[] seconds(int atMost, SplittableRandom random) {
            return trace.rows().stream().limit(atMost).mapToDouble(TraceRow::arrivalSeconds)
                    .map(seconds -> seconds / timeScale).toArray();
        }
    }
}
