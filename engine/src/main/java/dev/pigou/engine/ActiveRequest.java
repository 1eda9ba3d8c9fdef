package dev.pigou.engine;

import dev.pigou.scheduler.CacheTerms;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request the engine has accepted, with one {@link Sequence} for each choice. Owned by the engine thread; only
 * {@link #request} and {@link #choices} may be read elsewhere.
 */
final class ActiveRequest {
    private final GenerateRequest request;
    private final TokenSink sink;
    private final long arrivalNanos;
    private final Choice[] choices;
    private int unfinished;
    private int nextScoredPosition = 1;
    private @Nullable EngineLoop loop;

    ActiveRequest(GenerateRequest request, TokenSink sink, long arrivalNanos) {
        this.request = request;
        this.sink = sink;
        this.arrivalNanos = arrivalNanos;
        choices = new Choice[request.choices()];
        for (int i = 0; i < choices.length; i++) {
            choices[i] = new Choice(i);
        }
        unfinished = choices.length;
    }

    GenerateRequest request() { return request; }

    int choices() { return choices.length; }

    /** The loop hears of what happens from now on. */
    void open(EngineLoop engineLoop) { loop = engineLoop; }

    /** Makes the sequence of one choice. Only the first scores and leases the prompt, once for all. */
    Sequence sequence(int choice, long id) {
        CacheTerms cache = choice == 0 ? request.cache() : request.cache().unleased();
        var sequence = new Sequence(id, request.promptTokens(), params(choice), cache, request.bid(),
                arrivalNanos, choices[choice]);
        sequence.charge().quoted(request.quoted().pico(choice));
        choices[choice].sequence = sequence;
        return sequence;
    }

    private SamplingParams params(int choice) {
        SamplingParams params = request.sampling();
        OptionalLong seed = params.seed();
        if (choice == 0) {
            return params;
        }
        SamplingParams sibling = params.withoutPromptLogprobs();
        return seed.isPresent() ? sibling.withSeed(seed.getAsLong() + choice) : sibling;
    }

    boolean isFinished(int choice) { return choices[choice].finished; }

    /** Ends every choice that has not ended yet, whether its sequence has started or not. */
    void end(Scheduler scheduler, FinishReason reason, long nowNanos) {
        for (Choice choice : choices) {
            choice.end(scheduler, reason, nowNanos);
        }
    }

    void stop(Scheduler scheduler, int choice, long nowNanos) {
        choices[choice].end(scheduler, FinishReason.STOP, nowNanos);
    }

    /** Hands on what a step found, unless a preempted sequence computes that position again. */
    void promptScored(int position, TokenLogprobs logprobs) {
        if (position == nextScoredPosition) {
            nextScoredPosition++;
            sink.onPromptLogprobs(position, logprobs);
        }
    }

    private EngineLoop loop() {
        if (loop == null) {
            throw new IllegalStateException("request " + request.id() + " has not been started");
        }
        return loop;
    }

    /** One continuation of the prompt. */
    private final class Choice implements SequenceListener {
        private final int index;
        private @Nullable Sequence sequence;
        private boolean finished;

        Choice(int index) { this.index = index; }

        @Override
        public void onToken(Sequence from, int token, int chunk) {
            if (index == 0 && from.outputLength() == 1) {
                loop().promptComputed(ActiveRequest.this);
            }
            int top = from.params().logprobs();
            sink.onToken(index, token,
                    top == SamplingParams.NO_LOGPROBS ? null : loop().logprobs(chunk, top));
        }

        @Override
        public void onFinished(Sequence from, FinishReason reason) {
            finish(Ending.of(from, reason, loop().failure(), loop().clockNanos()));
            loop().sequenceFinished(from);
            if (index == 0 && from.outputLength() == 0) {
                loop().promptComputed(ActiveRequest.this);
            }
        }

        @Override
        public PrefixLease.Listener ofLeases() { return loop().tellOfLeases(sink.ofLeases()); }

        void end(Scheduler scheduler, FinishReason reason, long nowNanos) {
            if (finished) {
                return;
            }
            if (sequence != null) {
                scheduler.finish(sequence, reason, nowNanos);
            } else {
                loop().heldBackFinished();
                finish(Ending.unstarted(request.bid(), reason, loop().failure()));
            }
        }

        private void finish(Ending ending) {
            finished = true;
            sink.onFinished(index, ending);
            if (--unfinished == 0) {
                loop().requestFinished(ActiveRequest.this);
            }
        }
    }
}
