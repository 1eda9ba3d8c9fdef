package dev.pigou.scheduler.estimate;

import java.util.SplittableRandom;

/** Ways in which the lengths of answers are spread. */
enum LengthDraw {
    LOG_NORMAL {
        @Override
        int draw(SplittableRandom random) { return rounded(200 * Math.exp(random.nextGaussian())); }
    },
    NARROW {
        @Override
        int draw(SplittableRandom random) { return rounded(300 * Math.exp(0.3 * random.nextGaussian())); }
    },
    SHORT_OR_LONG {
        @Override
        int draw(SplittableRandom random) {
            double median = random.nextInt(4) == 0 ? 3000 : 60;
            return rounded(median * Math.exp(0.4 * random.nextGaussian()));
        }
    },
    GEOMETRIC {
        @Override
        int draw(SplittableRandom random) {
            return rounded(Math.log(1 - random.nextDouble()) / Math.log(1 - 1 / 80.0));
        }
    },
    CONSTANT {
        @Override
        int draw(SplittableRandom random) { return 300; }
    },
    PARETO {
        @Override
        int draw(SplittableRandom random) {
            return rounded(40 * Math.pow(1 - random.nextDouble(), -1 / 1.5));
        }
    };

    abstract int draw(SplittableRandom random);

    private static int rounded(double length) { return (int) Math.clamp(Math.ceil(length), 1, 100_000); }
}
