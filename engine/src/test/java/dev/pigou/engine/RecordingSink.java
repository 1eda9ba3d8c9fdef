package dev.pigou.engine;

import dev.pigou.scheduler.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Collects what a request produces; read it after {@link #await}. */
public final class RecordingSink implements TokenSink {
    public final List<List<Integer>> tokens = new ArrayList<>();
    public final List<List<TokenLogprobs>> logprobs = new ArrayList<>();
    public final List<TokenLogprobs> promptLogprobs = new ArrayList<>();
    public final List<@Nullable FinishReason> reasons = new ArrayList<>();
    public final List<Integer> cachedTokens = new ArrayList<>();
    public final List<@Nullable Ending> endings = new ArrayList<>();
    private final CountDownLatch unfinished;

    public RecordingSink(int choices) {
        unfinished = new CountDownLatch(choices);
        for (int i = 0; i < choices; i++) {
            tokens.add(new ArrayList<>());
            logprobs.add(new ArrayList<>());
            reasons.add(null);
            endings.add(null);
            cachedTokens.add(0);
        }
    }

    @Override
    public void onPromptLogprobs(int position, TokenLogprobs scored) { promptLogprobs.add(scored); }

    @Override
    public void onToken(int choice, int token, @Nullable TokenLogprobs found) {
        tokens.get(choice).add(token);
        if (found != null) {
            logprobs.get(choice).add(found);
        }
    }

    @Override
    public void onFinished(int choice, Ending ending) {
        if (reasons.set(choice, ending.reason()) != null) {
            throw new AssertionError("choice " + choice + " finished twice");
        }
        cachedTokens.set(choice, ending.cachedTokens());
        endings.set(choice, ending);
        unfinished.countDown();
    }

    /** Waits until every choice has ended. */
    public RecordingSink await() {
        try {
            if (!unfinished.await(2, TimeUnit.MINUTES)) {
                throw new AssertionError("the request did not end within two minutes");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return this;
    }
}
