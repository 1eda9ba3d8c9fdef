package dev.pigou.engine;

import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import dev.pigou.scheduler.policy.FcfsPolicy;
import dev.pigou.scheduler.price.Quote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class QuoteDeskTest {
    private static final long AN_HOUR_NANOS = 3_600_000_000_000L;
    private static final SequenceListener NOBODY = new SequenceListener() {
        @Override
        public void onToken(Sequence sequence, int token, int chunk) { throw new AssertionError("it ran"); }

        @Override
        public void onFinished(Sequence sequence, FinishReason reason) { throw new AssertionError("it ran"); }
    };

    private final Scheduler scheduler = new Scheduler(new SchedulerConfig(2, 32, 32, new int[]{99}),
            new FcfsPolicy(), new KvCacheManager(32, 4, true, new LruRetention(32)));
    private final QuoteDesk desk = new QuoteDesk();
    private final List<Optional<Quote>> answers = new ArrayList<>();

    private boolean ask(int promptTokens) {
        var sampling = SamplingParams.builder().maxTokens(4).build();
        return desk.ask(new Sequence(-1, new int[promptTokens], sampling, 0, 0, NOBODY), answers::add);
    }

    private int answerSome(long stepNanos) {
        return desk.answerSome(scheduler, stepNanos, System.nanoTime());
    }

    @Test
    void aStepAnswersNoMoreThanSoManyHoweverLongItTook() {
        for (int i = 0; i < 200; i++) {
            ask(5);
        }
        assertThat(answerSome(AN_HOUR_NANOS)).isEqualTo(64);
        assertThat(answers).hasSize(64).allMatch(Optional::isPresent);
        assertThat(scheduler.hasWork()).isFalse();
    }

    @Test
    void questionsAreAnsweredInTheEndHoweverShortStepsAre() {
        for (int i = 0; i < 200; i++) {
            ask(5);
        }
        int calls = 0;
        while (!desk.isEmpty()) {
            assertThat(desk.answerSome(scheduler, 0, System.nanoTime() - AN_HOUR_NANOS)).isEqualTo(1);
            calls++;
        }
        assertThat(calls).isEqualTo(200);
    }

    @Test
    void whoAsksWhenTooManyWaitIsToldSo() {
        int taken = 0;
        while (ask(1) && taken < 1 << 20) {
            taken++;
        }
        assertThat(taken).isEqualTo(4096);
        desk.turnAllAway();
        assertThat(answers).hasSize(4096).allMatch(Optional::isEmpty);
        assertThat(ask(1)).isTrue();
    }

    @Test
    void aRequestThatCanNeverRunGetsNoQuoteAndHarmsNobody() {
        ask(1000);
        ask(5);
        assertThat(answerSome(AN_HOUR_NANOS)).isEqualTo(2);
        assertThat(answers.getFirst()).isEmpty();
        assertThat(answers.getLast()).isPresent();
    }
}
