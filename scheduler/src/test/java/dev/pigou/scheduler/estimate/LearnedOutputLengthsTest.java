package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Answers;
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

    private void learn(Tenant tenant, int maxTokens, double median, int answers) {
        for (int i = 0; i < answers; i++) {
            int length = (int) Math.clamp(median * Math.exp(0.1 * random.nextGaussian()), 1, maxTokens);
            Sequence sequence = Answers.produce(Answers.begin(i, tenant, 10, maxTokens), length);
            lengths.observe(
                    Answers.end(sequence, length == maxTokens ? FinishReason.LENGTH : FinishReason.STOP));
        }
    }

    private double expected(Tenant tenant, int maxTokens) {
        return lengths.expectedRemaining(Answers.begin(0, tenant, 10, maxTokens));
    }
}
