package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Answers;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.Tenant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

final class LearnedOutputLengthsTest {
    private static final Tenant CHAT = new Tenant(0, "chat", 1);
    private static final Tenant REPORTS = new Tenant(1, "reports", 1);
    private static final Tenant LATE = new Tenant(2, "late", 1);
    private static final Tenant LATER = new Tenant(3, "later", 1);

    private static final Bid CHAT_DEFAULT = inClass(CHAT, 0);
    private static final Bid CHAT_FLEX = inClass(CHAT, 1);

    private final LearnedOutputLengths lengths = new LearnedOutputLengths(2);
    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void tenantsAreToldApart() {
        learn(CHAT, 1024, 50, 300);
        learn(REPORTS, 1024, 700, 300);
        assertThat(expected(CHAT, 1024)).isCloseTo(50, withPercentage(25));
        assertThat(expected(REPORTS, 1024)).isCloseTo(700, withPercentage(10));
    }

    @Test
    void sizesOfMaxTokensAreToldApart() {
        learn(CHAT, 200, 30, 300);
        learn(CHAT, 4096, 700, 300);
        assertThat(expected(CHAT, 256)).isCloseTo(30, withPercentage(25));
        assertThat(expected(CHAT, 4000)).isCloseTo(700, withPercentage(10));
    }

    @Test
    void classesOfServiceAreToldApart() {
        learnInTurns(CHAT_FLEX, 700, CHAT_DEFAULT, 50, 300);
        assertThat(expected(CHAT_DEFAULT, 1024)).isCloseTo(50, withPercentage(25));
        assertThat(expected(CHAT_FLEX, 1024)).isCloseTo(700, withPercentage(10));
    }

    @Test
    void aClassIsNoOneElsesClass() {
        learnInTurns(CHAT_FLEX, 700, CHAT_DEFAULT, 50, 300);
        Bid other = inClass(REPORTS, CHAT_FLEX.serviceClass());
        assertThat(expected(other, 1024)).isBetween(100.0, 500.0).isEqualTo(expected(REPORTS, 1024));
    }

    /** Nothing is lost by naming a class, as long as it is always the same. */
    @Test
    void answersOfOneClassTeachWhatAnswersOfNoneDo() {
        LearnedOutputLengths unclassed = new LearnedOutputLengths(2);
        for (int i = 0; i < 100; i++) {
            int length = 1 + random.nextInt(900);
            end(lengths, CHAT_FLEX, 1024, length);
            end(unclassed, CHAT_DEFAULT, 1024, length);
            assertThat(expected(CHAT_FLEX, 1024))
                    .isEqualTo(unclassed.expectedRemaining(Answers.begin(0, CHAT_DEFAULT, 10, 1024)));
        }
    }

    @Test
    void aClassNotSeenBeforeIsTakenForTheTenantsOthers() {
        learn(REPORTS, 1024, 20, 300);
        learnInTurns(CHAT_FLEX, 700, CHAT_DEFAULT, 700, 100);
        assertThat(expected(inClass(CHAT, 2), 1024)).isCloseTo(700, withPercentage(15));
    }

    /** A first short answer is not yet a law. */
    @Test
    void aClassOfWhichOneAnswerWasSeenIsPulledTowardsTheOthers() {
        learn(CHAT_DEFAULT, 1024, 700, 300);
        end(lengths, CHAT_FLEX, 1024, 30);
        double afterOne = expected(CHAT_FLEX, 1024);
        assertThat(afterOne).isBetween(300.0, 690.0);
        for (int i = 0; i < 100; i++) {
            end(lengths, CHAT_FLEX, 1024, 30);
        }
        assertThat(expected(CHAT_FLEX, 1024)).isBetween(29.0, 60.0);
        assertThat(expected(CHAT_DEFAULT, 1024)).as("the first class begins a table of its own")
                .isGreaterThan(450);
    }

    /** Better the average of the others than a guess made before there was anybody. */
    @Test
    void aNewTenantIsTakenForOneOfTheOthers() {
        learn(CHAT, 1024, 40, 300);
        assertThat(expected(REPORTS, 1024)).isCloseTo(40, withPercentage(25));
        assertThat(expected(REPORTS, 100_000)).isCloseTo(40, withPercentage(25));
    }

    @Test
    void tenantsBeyondTheOwnTablesShareOne() {
        learn(CHAT, 1024, 40, 300);
        learn(LATE, 1024, 600, 300);
        assertThat(expected(LATER, 1024)).isEqualTo(expected(LATE, 1024)).isGreaterThan(400);
    }

    @ParameterizedTest
    @EnumSource(value = FinishReason.class, names = "STOP", mode = EnumSource.Mode.EXCLUDE)
    void answersThatAreCutAreNotTakenForShort(FinishReason reason) {
        for (int i = 0; i < 400; i++) {
            int length = 1 + (int) (400 * random.nextDouble());
            Sequence sequence = Answers.begin(i, CHAT, 10, 1024);
            boolean cut = length > 100;
            Answers.produce(sequence, cut ? 100 : length);
            lengths.observe(Answers.end(sequence, cut ? reason : FinishReason.STOP));
        }
        Sequence fresh = Answers.begin(0, CHAT, 10, 1024);
        assertThat(lengths.quantileRemaining(fresh, 0.5)).isGreaterThan(100);
        assertThat(lengths.quantileRemaining(fresh, 0.2)).isBetween(60, 110);
    }

    @Test
    void noPredictionIsBeyondWhatMayCome() {
        learn(REPORTS, 1024, 900, 200);
        Sequence sequence = Answers.produce(Answers.begin(1, REPORTS, 10, 800), 799);
        assertThat(lengths.expectedRemaining(sequence)).isEqualTo(1);
        assertThat(lengths.quantileRemaining(sequence, 0.99)).isEqualTo(1);
        Answers.produce(sequence, 800);
        assertThat(lengths.expectedRemaining(sequence)).isZero();
        assertThat(lengths.quantileRemaining(sequence, 0.99)).isZero();
        assertThat(lengths.varianceRemaining(sequence)).isZero();
    }

    @Test
    void aRequestThatEndsBeforeItsFirstTokenTeachesNothing() {
        double before = expected(CHAT, 1024);
        for (int i = 0; i < 100; i++) {
            lengths.observe(Answers.end(Answers.begin(i, CHAT, 10, 1024), FinishReason.REFUSED));
        }
        assertThat(expected(CHAT, 1024)).isEqualTo(before);
    }

    private void learnInTurns(Bid one, double median, Bid other, double otherMedian, int answersOfEach) {
        for (int i = 0; i < answersOfEach; i++) {
            learn(one, 1024, median, 1);
            learn(other, 1024, otherMedian, 1);
        }
    }

    private void learn(Tenant tenant, int maxTokens, double median, int answers) {
        learn(inClass(tenant, 0), maxTokens, median, answers);
    }

    private void learn(Bid bid, int maxTokens, double median, int answers) {
        for (int i = 0; i < answers; i++) {
            end(lengths, bid, maxTokens,
                    (int) Math.clamp(median * Math.exp(0.1 * random.nextGaussian()), 1, maxTokens));
        }
    }

    private static void end(LearnedOutputLengths lengths, Bid bid, int maxTokens, int length) {
        Sequence sequence = Answers.produce(Answers.begin(0, bid, 10, maxTokens), length);
        lengths.observe(Answers.end(sequence, length == maxTokens ? FinishReason.LENGTH : FinishReason.STOP));
    }

    private double expected(Tenant tenant, int maxTokens) { return expected(inClass(tenant, 0), maxTokens); }

    private double expected(Bid bid, int maxTokens) {
        return lengths.expectedRemaining(Answers.begin(0, bid, 10, maxTokens));
    }

    private static Bid inClass(Tenant tenant, int serviceClass) {
        return new Bid(tenant, 1, 0, 1, Bid.NO_DEADLINE, 0, serviceClass);
    }
}
