package dev.pigou.scheduler.estimate;

import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

/** Against machines whose cost is known, with seeded noise of 3 % on each step. */
final class StepCostModelTest {
    private static final int BLOCK_SIZE = 16;
    private static final double NOISE = 0.03;
    private static final double PRIOR_STEPS = 4;
    private static final StepCost TRUTH = StepCost.llama70bOnH100(BLOCK_SIZE);
    /** Wrong in each term, up or down. */
    private static final StepCost WRONG = new StepCost(2 * TRUTH.baseSeconds(),
            0.5 * TRUTH.secondsPerPrefillToken(), 3 * TRUTH.secondsPerPrefillTokenContext(),
            0.3 * TRUTH.secondsPerDecodeSequence(), 2 * TRUTH.secondsPerKvBlockRead());

    private final StepWork work = new StepWork();

    @Test
    void beforeTheFirstStepThePriorIsBelieved() {
        StepCostModel model = new StepCostModel(TRUTH, PRIOR_STEPS);
        mixed(new SplittableRandom(1));
        assertThat(model.seconds(work)).isCloseTo(TRUTH.seconds(work), withPercentage(1e-9));
        assertThat(model.secondsPerPrefillToken(100)).isCloseTo(0.090e-3 + 1.5e-7, withPercentage(1e-9));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aWrongPriorIsUnlearnedTermByTerm(long seed) {
        StepCostModel model = new StepCostModel(WRONG, PRIOR_STEPS);
        SplittableRandom random = new SplittableRandom(seed);
        runMixed(model, random, 100, 1);
        expectPredictions(model, random, 1, withPercentage(3), seed);
        runMixed(model, random, 2000, 1);
        expectTerms(model, 1, withPercentage(15), seed);
        expectPredictions(model, random, 1, withPercentage(1.5), seed);
    }

    /** A step in a hundred waits for a garbage collection, and now and then another process takes ten in a row. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void pausesAndBurstsMoveNoPrice(long seed) {
        StepCostModel calm = learned(seed);
        StepCostModel disturbed = learned(seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 3000; step++) {
            mixed(random);
            double seconds = noisy(TRUTH.seconds(work), random);
            calm.observe(work, seconds);
            double slower = random.nextInt(100) == 0 ? 30 : step % 200 < 10 ? 3 : 1;
            disturbed.observe(work, slower * seconds);
        }
        mixed(random);
        assertThat(disturbed.seconds(work)).as("seed %d", seed).isCloseTo(calm.seconds(work),
                withPercentage(1.5));
        assertThat(disturbed.baseSeconds()).as("seed %d", seed).isCloseTo(calm.baseSeconds(),
                withPercentage(3));
        assertThat(disturbed.secondsPerPrefillToken(0)).as("seed %d", seed)
                .isCloseTo(calm.secondsPerPrefillToken(0), withPercentage(4));
        double context = 1600;
        assertThat(perDecode(disturbed, context)).as("seed %d", seed).isCloseTo(perDecode(calm, context),
                withPercentage(4));
    }

    @ParameterizedTest
    @ValueSource(doubles = {2, 0.5, 1.3})
    void aNewSpeedIsLearnedWithinTensOfSteps(double slower) {
        for (long seed = 1; seed <= 5; seed++) {
            StepCostModel model = learned(seed);
            SplittableRandom random = new SplittableRandom(seed);
            runMixed(model, random, 40, slower);
            expectPredictions(model, random, slower, withPercentage(4), seed);
            expectTerms(model, slower, withPercentage(25), seed);
        }
    }

    /** Nothing tells a slower prefill from an accident but that it goes on. */
    @Test
    void aChangeOfOneTermIsLearnedToo() {
        for (long seed = 1; seed <= 5; seed++) {
            StepCostModel model = learned(seed);
            SplittableRandom random = new SplittableRandom(seed);
            StepCost changed = new StepCost(TRUTH.baseSeconds(), 2 * TRUTH.secondsPerPrefillToken(),
                    TRUTH.secondsPerPrefillTokenContext(), TRUTH.secondsPerDecodeSequence(),
                    TRUTH.secondsPerKvBlockRead());
            for (int step = 0; step < 2000; step++) {
                mixed(random);
                model.observe(work, noisy(changed.seconds(work), random));
            }
            assertThat(model.secondsPerPrefillToken(0)).as("seed %d", seed)
                    .isCloseTo(changed.secondsPerPrefillToken(), withPercentage(6));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatIsNotSeenForLongKeepsItsEstimate(long seed) {
        StepCostModel model = learned(seed);
        double before = model.secondsPerPrefillToken(1000);
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 20_000; step++) {
            decodes(work.clear(), random);
            model.observe(work, noisy(TRUTH.seconds(work), random));
        }
        assertThat(model.secondsPerPrefillToken(1000)).as("seed %d", seed).isCloseTo(before,
                withPercentage(0.1));
    }

    /** All sequences with one length: the terms cannot be told apart, and must not run off against each other. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void stepsThatAreAllAlikeLeaveTheirSharesAlone(long seed) {
        StepCostModel model = learned(seed);
        double before = model.secondsPerDecodeSequence();
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 20_000; step++) {
            work.clear().addDecodes(32, 1000, BLOCK_SIZE);
            model.observe(work, noisy(TRUTH.seconds(work), random));
        }
        assertThat(model.secondsPerDecodeSequence()).as("seed %d", seed).isCloseTo(before,
                withPercentage(15));
    }

    @Test
    void noNoiseMakesACostNegative() {
        StepCost free = new StepCost(1e-3, 0, 0, 0, 0);
        StepCostModel model = new StepCostModel(TRUTH, PRIOR_STEPS);
        SplittableRandom random = new SplittableRandom(9);
        for (int step = 0; step < 3000; step++) {
            mixed(random);
            model.observe(work, free.seconds(work) * Math.exp(random.nextGaussian()));
            assertThat(model.cost()).satisfies(cost -> assertThat(
                    List.of(cost.secondsPerPrefillToken(), cost.secondsPerPrefillTokenContext(),
                            cost.secondsPerDecodeSequence(), cost.secondsPerKvBlockRead()))
                    .allMatch(seconds -> seconds >= 0));
        }
    }

    @Test
    void timesThatAreNoTimesTeachNothing() {
        StepCostModel model = learned(1);
        StepCost before = model.cost();
        mixed(new SplittableRandom(1));
        for (double seconds : new double[]{0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            model.observe(work, seconds);
        }
        model.observe(new StepWork(), 1);
        assertThat(model.cost()).isEqualTo(before);
    }

    /** The prior is for another machine, of which this one is a slow cousin. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aPriorThatIsFarOffIsLeftSoon(long seed) {
        StepCostModel model = new StepCostModel(TRUTH, PRIOR_STEPS);
        SplittableRandom random = new SplittableRandom(seed);
        runMixed(model, random, 60, 1000);
        expectPredictions(model, random, 1000, withPercentage(10), seed);
    }

    private StepCostModel learned(long seed) {
        StepCostModel model = new StepCostModel(TRUTH, PRIOR_STEPS);
        runMixed(model, new SplittableRandom(1000 + seed), 2000, 1);
        return model;
    }

    private void runMixed(StepCostModel model, SplittableRandom random, int steps, double slower) {
        for (int step = 0; step < steps; step++) {
            mixed(random);
            model.observe(work, noisy(slower * TRUTH.seconds(work), random));
        }
    }

    private static double noisy(double seconds, SplittableRandom random) {
        return seconds * (1 + NOISE * random.nextGaussian());
    }

    /** Decodes of all lengths, and prefill in one of four steps. */
    private void mixed(SplittableRandom random) {
        decodes(work.clear(), random);
        if (random.nextInt(4) == 0) {
            int from = random.nextInt(8000);
            work.addPrefill(from, from + 64 + random.nextInt(960));
        }
    }

    private static void decodes(StepWork work, SplittableRandom random) {
        int sequences = 8 + random.nextInt(56);
        for (int i = 0; i < sequences; i++) {
            work.addDecodes(1, 100 + random.nextInt(3000), BLOCK_SIZE);
        }
    }

    /** On average over many steps; a single one may be predicted worse. */
    private void expectPredictions(StepCostModel model, SplittableRandom random, double slower,
            Percentage closeness, long seed) {
        double predicted = 0;
        double truth = 0;
        for (int i = 0; i < 200; i++) {
            mixed(random);
            predicted += model.seconds(work);
            truth += slower * TRUTH.seconds(work);
        }
        assertThat(predicted).as("seed %d", seed).isCloseTo(truth, closeness);
    }

    private static void expectTerms(StepCostModel model, double slower, Percentage closeness, long seed) {
        assertThat(model.baseSeconds()).as("base, seed %d", seed).isCloseTo(slower * TRUTH.baseSeconds(),
                closeness);
        assertThat(model.secondsPerPrefillToken(0)).as("prefill, seed %d", seed)
                .isCloseTo(slower * TRUTH.secondsPerPrefillToken(), closeness);
        assertThat(model.secondsPerDecodeSequence()).as("decode, seed %d", seed)
                .isCloseTo(slower * TRUTH.secondsPerDecodeSequence(), closeness);
        assertThat(model.secondsPerKvBlockRead()).as("blocks, seed %d", seed)
                .isCloseTo(slower * TRUTH.secondsPerKvBlockRead(), closeness);
    }

    private static double perDecode(StepCostModel model, double contextTokens) {
        return model.secondsPerDecodeSequence() + model.secondsPerKvBlockRead() * contextTokens / BLOCK_SIZE;
    }
}
