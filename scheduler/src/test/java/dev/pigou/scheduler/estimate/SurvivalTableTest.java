package dev.pigou.scheduler.estimate;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

final class SurvivalTableTest {
    private static final int ROOM = LengthBins.LONGEST;
    private static final int LEARNED = 3000;
    private static final int ASKED = 4000;

    private final SurvivalTable wider = new SurvivalTable(LengthLaw.prior(256, 2));
    private final SurvivalTable table = new SurvivalTable(wider);

    /**
     * Learning goes on while it is asked, one answer at a time, as in a server; so the figures are over the table's
     * own ups and downs.
     */
    @ParameterizedTest
    @EnumSource(LengthDraw.class)
    void theQuantileIsExceededAsOftenAsItSays(LengthDraw law) {
        for (int age : new int[]{0, 40}) {
            for (long seed = 1; seed <= 4; seed++) {
                double within = coverage(law, law, age, ROOM, seed);
                assertThat(within).as("%s from %d on, seed %d", law, age, seed).isBetween(0.93,
                        law == LengthDraw.CONSTANT ? 1 : 0.97);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"LOG_NORMAL, GEOMETRIC", "GEOMETRIC, SHORT_OR_LONG", "CONSTANT, LOG_NORMAL",
            "SHORT_OR_LONG, NARROW"})
    void whatComesIsFollowed(LengthDraw before, LengthDraw after) {
        for (long seed = 1; seed <= 4; seed++) {
            assertThat(coverage(before, after, 0, ROOM, seed)).as("%s, then %s, seed %d", before, after, seed)
                    .isBetween(0.93, 0.97);
        }
    }

    /** Those that would have got long are cut, and must not be taken for short ones. */
    @Test
    void answersThatAreCutCountAsFarAsTheyGot() {
        SplittableRandom random = new SplittableRandom(5);
        SurvivalTable uncut = new SurvivalTable(wider);
        for (int i = 0; i < 5000; i++) {
            int length = LengthDraw.LOG_NORMAL.draw(random);
            int limit = 1 + random.nextInt(1000);
            uncut.ended(length);
            if (length > limit) {
                table.cut(limit);
            } else {
                table.ended(length);
            }
        }
        for (double quantile : new double[]{0.25, 0.5, 0.75}) {
            assertThat(table.upToDate().quantileRemaining(0, ROOM, quantile)).as("quantile %s", quantile)
                    .isCloseTo(uncut.upToDate().quantileRemaining(0, ROOM, quantile), withPercentage(20));
        }
    }

    @ParameterizedTest
    @EnumSource(LengthDraw.class)
    void theExpectationIsTheMean(LengthDraw law) {
        SplittableRandom random = new SplittableRandom(7);
        int room = 2000;
        double error = 0;
        double mean = 0;
        for (int i = 0; i < LEARNED + ASKED; i++) {
            int length = law.draw(random);
            if (i >= LEARNED) {
                error += table.upToDate().expectedRemaining(0, room) - Math.min(length, room);
                mean += Math.min(length, room);
            }
            end(length, room);
        }
        assertThat(error / mean).as("%s", law).isBetween(-0.03, 0.06);
    }

    @ParameterizedTest
    @EnumSource(value = LengthDraw.class, names = {"LOG_NORMAL", "SHORT_OR_LONG", "PARETO"})
    void ofAHeavyTailMoreIsExpectedTheMoreHasCome(LengthDraw law) {
        SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < LEARNED; i++) {
            end(law.draw(random), ROOM);
        }
        double before = 0;
        for (int age : new int[]{60, 120, 400}) {
            double expected = table.upToDate().expectedRemaining(age, ROOM);
            assertThat(expected).as("after %d", age).isGreaterThan(before);
            before = expected;
        }
    }

    /** The tables are sums and moments of one law, whatever that is: here they are added up token by token. */
    @Test
    void answersAgreeWithTheLawTokenByToken() {
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 60; i++) {
            end(LengthDraw.LOG_NORMAL.draw(random), 700);
        }
        table.upToDate();
        double[] reach = reachTokenByToken(table);
        for (int produced : new int[]{0, 1, 50, 63, 64, 65, 300, 5000, LengthBins.LONGEST - 2}) {
            for (int room : new int[]{1, 2, 10, 300, 5000, ROOM}) {
                double mean = 0;
                double square = 0;
                for (int i = 1; i <= room && produced + i <= LengthBins.LONGEST; i++) {
                    double chance = reach[produced + i] / reach[produced + 1];
                    mean += chance;
                    square += (2 * i - 1) * chance;
                }
                assertThat(table.expectedRemaining(produced, room)).as("%d of %d", produced, room)
                        .isCloseTo(mean, withPercentage(1e-6));
                assertThat(table.varianceRemaining(produced, room)).as("%d of %d", produced, room)
                        .isCloseTo(square - mean * mean, within(1e-6 * square));
            }
        }
    }

    @Test
    void withFewObservationsOrNoneItStaysSane() {
        SplittableRandom random = new SplittableRandom(10);
        for (int observations = 0; observations < 12; observations++) {
            table.upToDate();
            for (int produced : new int[]{0, 1, 7, 100, 3000, 131_070, 131_071, 500_000}) {
                for (int room : new int[]{1, 2, 100, 1_000_000}) {
                    double expected = table.expectedRemaining(produced, room);
                    int half = table.quantileRemaining(produced, room, 0.5);
                    int most = table.quantileRemaining(produced, room, 0.999);
                    assertThat(expected).isBetween(1.0, (double) room);
                    assertThat(half).isBetween(1, room);
                    assertThat(most).isBetween(half, room);
                    assertThat(table.varianceRemaining(produced, room)).isNotNegative().isFinite();
                }
            }
            end(1 + random.nextInt(1000), 300);
        }
    }

    /** Weights grow with each observation; a server sees millions. */
    @Test
    void aMillionObservationsOverflowNothing() {
        for (int i = 0; i < 1_000_000; i++) {
            end(i % 2 == 0 ? 100 : 200, ROOM);
        }
        assertThat(table.upToDate().expectedRemaining(0, ROOM)).isCloseTo(150, withPercentage(3));
    }

    private static double[] reachTokenByToken(LengthLaw law) {
        double[] reach = new double[LengthBins.LONGEST + 2];
        double reached = 1;
        for (int bin = 0; bin < LengthBins.COUNT; bin++) {
            int from = LengthBins.from(bin);
            int width = LengthBins.from(bin + 1) - from;
            for (int i = 0; i < width; i++) {
                reach[from + i] = reached * (1 - law.hazard(bin) * i / width);
            }
            reached *= 1 - law.hazard(bin);
        }
        return reach;
    }

    /** The part of answers longer than {@code age} that are within the 95 % quantile asked for at that age. */
    private double coverage(LengthDraw before, LengthDraw after, int age, int room, long seed) {
        SurvivalTable all = new SurvivalTable(LengthLaw.prior(256, 2));
        SurvivalTable own = new SurvivalTable(all);
        SplittableRandom random = new SplittableRandom(seed);
        int asked = 0;
        int within = 0;
        for (int i = 0; i < 2 * LEARNED + ASKED; i++) {
            int length = (i < LEARNED ? before : after).draw(random);
            if (i >= 2 * LEARNED && length > age) {
                asked++;
                within += length - age <= own.upToDate().quantileRemaining(age, room, 0.95) ? 1 : 0;
            }
            all.ended(length);
            own.ended(length);
        }
        return (double) within / asked;
    }

    private void end(int length, int limit) {
        for (SurvivalTable each : new SurvivalTable[]{wider, table}) {
            if (length > limit) {
                each.cut(limit);
            } else {
                each.ended(length);
            }
        }
    }
}
