package dev.pigou.bench.load.workload;

import dev.pigou.bench.trace.Trace;
import dev.pigou.bench.trace.TraceRow;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

final class TraceDatasetTest {
    private static final long SEED = 9;

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.1, 0.037})
    void promptsThatSharedBlocksShareThemWhenScaled(double scale) {
        // the second shares two blocks of the first and goes on differently; the third shares nothing
        Trace trace = trace(row(2000, 1, 2, 3, 4), row(1500, 1, 2, 5), row(1500, 6, 7, 8));
        int[] first = ids(trace, scale, 0);
        int[] second = ids(trace, scale, 1);
        int[] third = ids(trace, scale, 2);

        assertThat(first).hasSize((int) Math.round(2000 * scale));
        assertThat(second).hasSize((int) Math.round(1500 * scale));
        assertThat(Arrays.mismatch(first, second)).as("seed %d", SEED)
                .isEqualTo((int) Math.round(1024 * scale));
        assertThat(Arrays.mismatch(first, third)).as("seed %d", SEED).isZero();
    }

    @Test
    void aSharedBlockThatEndsEarlyBeginsAsTheWholeOneDoes() {
        Trace trace = trace(row(1024, 1, 2), row(700, 1, 2));
        assertThat(Arrays.mismatch(ids(trace, 1, 0), ids(trace, 1, 1))).as("seed %d", SEED).isEqualTo(700);
    }

    @Test
    void tokensBeyondTheHashesAreTheRequestsOwn() {
        Trace trace = trace(row(700, 1), row(700, 1));
        assertThat(Arrays.mismatch(ids(trace, 1, 0), ids(trace, 1, 1))).as("seed %d", SEED).isEqualTo(512);
    }

    @Test
    void lengthsAreCutAfterScalingAndNeverBecomeZero() {
        Trace trace = trace(row(12_000), row(1));
        var dataset = new TraceDataset(trace, new PromptStyle.Tokens(1000), new LengthScale(0.1, 500),
                new LengthScale(0.001, 10), SEED);
        assertThat(dataset.session(0).getFirst().prompt().get().tokens()).isEqualTo(500);
        assertThat(dataset.session(1).getFirst().prompt().get().tokens()).isEqualTo(1);
        assertThat(dataset.session(1).getFirst().outputTokens()).isEqualTo(1);
    }

    private static int[] ids(Trace trace, double scale, int session) {
        var length = new LengthScale(scale, Integer.MAX_VALUE);
        var dataset = new TraceDataset(trace, new PromptStyle.Tokens(1 << 20), length, length, SEED);
        return ((Prompt.TokenIds) dataset.session(session).getFirst().prompt().get()).ids();
    }

    private static TraceRow row(int inputTokens, int... hashes) {
        return new TraceRow(0, "", inputTokens, 30, hashes);
    }

    private static Trace trace(TraceRow... rows) { return new Trace("test", List.of(rows), 512); }
}
