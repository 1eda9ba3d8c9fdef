package dev.pigou.engine.cli;

import com.openai.errors.RateLimitException;
import com.openai.models.completions.CompletionCreateParams;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OverloadTest {
    /** Takes longer than any test. */
    private static final String ENDLESS = "{\"prompt\": [1], \"max_tokens\": 32000, \"ignore_eos\": true, \"stream\": true}";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aFullQueueRefusesAndAClientThatLeavesMakesRoom() throws Exception {
        try (var running = RunningServer.serve(RunningServer.patientModel(folder.resolve("model")),
                "--max-num-seqs", "1", "--max-num-queued-reqs", "1", "--served-model-name", "patient")) {
            CompletionCreateParams params = CompletionCreateParams.builder().model("patient").prompt("Hello")
                    .maxTokens(3).build();
            CompletableFuture<?> queued;
            try (Stream<String> stream = running.stream("/v1/completions", ENDLESS)) {
                Iterator<String> lines = stream.iterator();
                assertThat(lines.next()).startsWith("data: ");
                queued = running.client.async().completions().create(params);
                running.awaitMetric("pigou:num_requests_waiting", 1);

                assertThatThrownBy(() -> running.client.completions().create(params))
                        .isInstanceOfSatisfying(RateLimitException.class, refused -> {
                            assertThat(refused.code()).hasValue("queue_full");
                            assertThat(refused.headers().values("retry-after")).singleElement().satisfies(
                                    seconds -> assertThat(Integer.parseInt(seconds)).isBetween(1, 300));
                        });
                assertThat(running.metric("pigou:num_requests_running")).isEqualTo(1);
                assertThat(running.metric("pigou:kv_blocks_used")).isPositive();
                assertThat(queued).isNotDone();
            }
            assertThat(queued.get()).as("the one that waited runs once the one that ran has gone")
                    .isNotNull();
            running.awaitMetric("pigou:kv_blocks_used", 0);
            running.awaitMetric("pigou:num_requests_running", 0);
        }
    }
}
