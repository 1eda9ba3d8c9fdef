package dev.pigou.engine;

import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.price.Cost;
import dev.pigou.scheduler.price.PricePolicy;
import dev.pigou.scheduler.price.Quote;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where quotes are asked for. Any thread may {@link #ask}; the engine thread answers between two steps, and gives no more
 * than a small share of its time to it, so that those who only ask do not slow down those who run.
 */
final class QuoteDesk {
    private static final Logger LOG = LoggerFactory.getLogger(QuoteDesk.class);
    private static final int MOST_WAITING = 4096;
    private static final int MOST_A_STEP = 64;
    /** Of the time of the step before. */
    private static final int SHARE_OF_A_STEP = 50;
    private static final long LEAST_NANOS_A_STEP = TimeUnit.MICROSECONDS.toNanos(50);

    private final Queue<Question> questions = new MpscVarHandleArrayQueue<>(MOST_WAITING);

    /** @param listener told once, on the engine thread; it gets nothing if the request cannot be quoted */
    private record Question(Sequence asked, Consumer<Optional<Quote>> listener) {
        void answer(Scheduler scheduler, long nowNanos) {
            Optional<Quote> quote = Optional.empty();
            try {
                quote = Optional.of(quote(scheduler, nowNanos));
            } catch (RuntimeException e) {
                LOG.error("A quote failed; what runs goes on", e);
            }
            listener.accept(quote);
        }

        private Quote quote(Scheduler scheduler, long nowNanos) {
            scheduler.requireFeasible(asked);
            return scheduler.policy() instanceof PricePolicy priced
                    ? priced.quoter().quote(asked, scheduler.view(), nowNanos)
                    : free(scheduler, nowNanos);
        }

        /** Under a policy that has no prices nothing is charged, and nothing forecast. */
        private Quote free(Scheduler scheduler, long nowNanos) {
            return new Quote(Cost.NOTHING, Cost.NOTHING, asked.promptLength(),
                    scheduler.view().cachedTokens(asked), Double.NaN, Double.NaN, 0, 0, nowNanos);
        }
    }

    /**
     * Asks for a quote; the engine thread has to be woken if it sleeps.
     *
     * @return false if too many wait already: the listener is not told
     */
    boolean ask(Sequence asked, Consumer<Optional<Quote>> listener) {
        return questions.offer(new Question(asked, listener));
    }

    boolean isEmpty() { return questions.isEmpty(); }

    /**
     * Answers some questions, at least one if there is one.
     *
     * @param stepNanos what the step before took
     * @return how many
     */
    int answerSome(Scheduler scheduler, long stepNanos, long nowNanos) {
        long budget = Math.max(LEAST_NANOS_A_STEP, stepNanos / SHARE_OF_A_STEP);
        int answered = 0;
        for (Question question = questions.poll(); question != null; question = questions.poll()) {
            question.answer(scheduler, nowNanos);
            if (++answered == MOST_A_STEP || System.nanoTime() - nowNanos >= budget) {
                break;
            }
        }
        return answered;
    }

    /** No quote can be given any more. */
    void turnAllAway() {
        for (Question question = questions.poll(); question != null; question = questions.poll()) {
            question.listener().accept(Optional.empty());
        }
    }
}
