package dev.pigou.bench.jmh;

import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceListener;

/** Nobody listens. */
final class SilentListener implements SequenceListener {
    @Override
    public void onToken(Sequence sequence, int token, int chunk) {
        // nobody listens
    }

    @Override
    public void onFinished(Sequence sequence, FinishReason reason) {
        // nobody listens
    }
}
