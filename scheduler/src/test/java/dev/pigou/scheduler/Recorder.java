package dev.pigou.scheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps what one sequence's owner hears, and fails if it hears it in the wrong order. */
final class Recorder implements SequenceListener {
    final List<Integer> tokens = new ArrayList<>();
    @Nullable
    FinishReason reason;

    @Override
    public void onToken(Sequence sequence, int token, int chunk) {
        assertThat(reason).as("sequence %d ended before", sequence.id()).isNull();
        assertThat(sequence.token(sequence.length() - 1)).isEqualTo(token);
        tokens.add(token);
    }

    @Override
    public void onFinished(Sequence sequence, FinishReason finishReason) {
        assertThat(reason).as("sequence %d ended before", sequence.id()).isNull();
        assertThat(sequence.blocks().size()).as("blocks held at the end").isZero();
        assertThat(sequence.finishReason()).isEqualTo(finishReason);
        reason = finishReason;
    }
}
