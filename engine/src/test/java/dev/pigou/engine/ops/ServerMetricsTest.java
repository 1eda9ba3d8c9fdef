package dev.pigou.engine.ops;

import dev.pigou.engine.EngineSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ServerMetricsTest {
    private final AtomicReference<EngineSnapshot> engine = new AtomicReference<>(
            new EngineSnapshot(3, 4, 100, 25, 7, 1000, 2000, 500, 250, 16, 6, 9, 1, 1, 1));
    private final ServerMetrics metrics = new ServerMetrics("m", engine::get);

    @Test
    void whatTheEngineCountsHasVllmsNamesUnderOurPrefix() {
        assertThat(lines()).contains("pigou:num_requests_running{model_name=\"m\"} 3.0",
                "pigou:num_requests_waiting{model_name=\"m\"} 4.0",
                "pigou:kv_cache_usage_perc{model_name=\"m\"} 0.25",
                "pigou:num_preemptions_total{model_name=\"m\"} 6.0",
                "pigou:prompt_tokens_total{model_name=\"m\"} 1000.0",
                "pigou:generation_tokens_total{model_name=\"m\"} 2000.0",
                "pigou:prefix_cache_queries_total{model_name=\"m\"} 500.0",
                "pigou:prefix_cache_hits_total{model_name=\"m\"} 250.0",
                "pigou:prefix_cache_foreign_hits_total{model_name=\"m\"} 16.0",
                "pigou:kv_blocks{model_name=\"m\"} 100.0", "pigou:kv_blocks_used{model_name=\"m\"} 25.0",
                "pigou:kv_blocks_cached{model_name=\"m\"} 7.0", "# TYPE pigou:num_preemptions_total counter",
                "# TYPE pigou:kv_cache_usage_perc gauge");
    }

    @Test
    void everyScrapeReadsTheLatestSnapshot() {
        engine.set(new EngineSnapshot(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(lines()).contains("pigou:num_requests_running{model_name=\"m\"} 0.0",
                "pigou:kv_cache_usage_perc{model_name=\"m\"} 0.0");
    }

    @Test
    void whatTheFrontEndSeesIsRecorded() {
        metrics.firstToken(0.3);
        metrics.nextToken(0.02);
        metrics.choiceFinished("stop", 12);
        metrics.requestFinished(1.5, 40);
        metrics.httpAnswered("/v1/models", 200);
        metrics.fieldsIgnored(2);
        assertThat(lines()).contains(
                "pigou:time_to_first_token_seconds_bucket{model_name=\"m\",le=\"0.25\"} 0",
                "pigou:time_to_first_token_seconds_bucket{model_name=\"m\",le=\"0.5\"} 1",
                "pigou:inter_token_latency_seconds_count{model_name=\"m\"} 1",
                "pigou:e2e_request_latency_seconds_sum{model_name=\"m\"} 1.5",
                "pigou:request_prompt_tokens_sum{model_name=\"m\"} 40.0",
                "pigou:request_generation_tokens_sum{model_name=\"m\"} 12.0",
                "pigou:request_success_total{finished_reason=\"stop\",model_name=\"m\"} 1.0",
                "pigou:http_requests_total{code=\"200\",model_name=\"m\",path=\"/v1/models\"} 1.0",
                "pigou:request_ignored_fields_total{model_name=\"m\"} 2.0");
    }

    private String[] lines() { return new String(metrics.scrape(), StandardCharsets.UTF_8).split("\n", -1); }
}
