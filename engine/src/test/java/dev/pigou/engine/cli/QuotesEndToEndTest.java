package dev.pigou.engine.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Prices and quotes of a real engine over real HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QuotesEndToEndTest {
    private static final String BODY = "{\"prompt\":\""
            + "The quick brown fox jumps over the lazy dog. ".repeat(4)
            + "\",\"max_tokens\":8,\"temperature\":0,\"ignore_eos\":true}";

    private final RunningServer running = RunningServer.serve(RunningServer.GOLDEN.resolve("llama"),
            "--max-num-seqs", "4");
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterAll
    void stop() {
        http.close();
        running.close();
    }

    private JsonNode prices() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(running.uri("/v1/prices")).build();
        return JsonMapper.shared().readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    @Test
    void anIdleServerChargesNothingForMemory() throws Exception {
        running.json("/v1/completions", BODY);
        RunningServer.await("a price of 0 when nobody is there", () -> {
            try {
                return prices().at("/prices/kv_waiting").doubleValue() == 0
                        && prices().at("/prices/decode").doubleValue() == 0;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(prices().at("/scheduling_policy").stringValue()).isEqualTo("price");
    }

    @Test
    void aQuoteKnowsWhatTheCacheHoldsAndChangesNothingInTheEngine() {
        running.json("/v1/completions", BODY);
        running.awaitMetric("pigou:num_requests_running", 0);
        double computed = running.metric("pigou:prompt_tokens_total");
        double lookedUp = running.metric("pigou:prefix_cache_queries_total");
        JsonNode quote = running.json("/v1/quotes", BODY);
        int promptTokens = quote.at("/prompt_tokens").intValue();
        assertThat(quote.at("/cached_tokens").intValue()).isEqualTo((promptTokens - 1) / 16 * 16)
                .isPositive();
        assertThat(quote.at("/expected_output_tokens").doubleValue()).isBetween(1.0, 8.0);
        assertThat(quote.at("/expected_ttft_seconds").doubleValue()).isPositive();
        assertThat(quote.at("/cost/p95/total").doubleValue())
                .isGreaterThanOrEqualTo(quote.at("/cost/expected/total").doubleValue());
        assertThat(running.metric("pigou:prompt_tokens_total")).isEqualTo(computed);
        assertThat(running.metric("pigou:prefix_cache_queries_total")).isEqualTo(lookedUp);
    }

    @Test
    void aFloodOfQuotesIsAnsweredWhileRequestsRun() {
        URI uri = running.uri("/v1/quotes");
        HttpRequest ask = HttpRequest.newBuilder(uri).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(BODY)).build();
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 500).mapToObj(i -> http
                .sendAsync(ask, HttpResponse.BodyHandlers.discarding()).thenApply(HttpResponse::statusCode))
                .toList();
        JsonNode answer = running.json("/v1/completions", BODY);
        assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(8);
        assertThat(answers).allSatisfy(status -> assertThat(status.join()).isIn(200, 429));
        assertThat(answers).anySatisfy(status -> assertThat(status.join()).isEqualTo(200));
    }
}
