package dev.pigou.engine.cli;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Quotes of a real engine whose memory is wanted by more than it holds, so that it has a price. */
class CongestedQuotesEndToEndTest {
    /** Of 4 KiB each. */
    private static final String SIXTY_FOUR_BLOCKS = "262144";
    private static final int CROWD = 16;
    private static final String LONG = "{\"prompt\":[1,2,3],\"max_tokens\":900,\"ignore_eos\":true,"
            + "\"pigou\":{\"value\":1,\"latency_price\":0.001}}";

    @TempDir
    private Path folder = Path.of("");

    private static String dear(int prompt, String further) {
        return "{\"prompt\":[" + prompt
                + ",2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20],\"max_tokens\":100,"
                + "\"ignore_eos\":true,\"pigou\":{\"value\":50,\"latency_price\":1" + further + "}}";
    }

    private static String naming(JsonNode quote) {
        return ",\"quote\":\"" + quote.get("id").stringValue() + "\"";
    }

    private static double p95(JsonNode quote) { return quote.at("/cost/p95/total").doubleValue(); }

    /** Asks until memory costs something. */
    private static JsonNode paidQuote(RunningServer running, int prompt) {
        JsonNode[] last = new JsonNode[1];
        RunningServer.await("a quote above 0", () -> {
            last[0] = running.json("/v1/quotes", dear(prompt, ""));
            return last[0].at("/cost/expected/kv").doubleValue() > 0;
        });
        return last[0];
    }

    private static void assertRefused(RunningServer running, String body, String code) {
        HttpResponse<String> refused = running.post("/v1/completions", body);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
        JsonNode error = JsonMapper.shared().readTree(refused.body()).get("error");
        assertThat(error.get("code").stringValue()).isEqualTo(code);
        assertThat(error.get("param").stringValue()).isEqualTo("pigou.quote");
        assertThat(error.get("message").stringValue()).contains("POST /v1/quotes");
    }

    @Test
    void aQuoteAboveZeroBindsOnceAndForAsLongAsItSays() throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient();
                var running = RunningServer.serve(RunningServer.patientModel(folder.resolve("model")),
                        "--kv-cache-memory-bytes", SIXTY_FOUR_BLOCKS, "--max-model-len", "1000",
                        "--no-enable-prefix-caching")) {
            crowd(http, running);
            JsonNode forgotten = paidQuote(running, 1);
            JsonNode quote = paidQuote(running, 2);
            JsonNode answer = running.json("/v1/completions", dear(2, naming(quote)));
            JsonNode usage = answer.at("/usage/pigou");
            assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(100);
            assertThat(usage.get("charge").doubleValue()).as("%s for %s", usage, quote).isPositive()
                    .isLessThanOrEqualTo(p95(quote));
            assertThat(usage.get("quote_error").doubleValue()).as("%s for %s", usage, quote).isCloseTo(
                    usage.get("charge").doubleValue() - quote.at("/cost/expected/total").doubleValue(),
                    within(1e-15));
            JsonNode unquoted = running.json("/v1/completions", dear(5, "")).at("/usage/pigou");
            assertThat(unquoted.get("charge").doubleValue()).as("%s", unquoted).isPositive();
            assertThat(unquoted.get("quote_error").doubleValue()).as("%s", unquoted).isNotZero()
                    .isLessThan(unquoted.get("charge").doubleValue());
            assertRefused(running, dear(2, naming(quote)), "quote_used");
            HttpResponse<String> free = running.post("/v1/completions",
                    dear(3, ",\"max_price\":0,\"deadline_ms\":500"));
            assertThat(free.statusCode()).as("runs only while that is free: %s", free.body()).isEqualTo(429);
            Thread.sleep(
                    Math.max(0, forgotten.get("expires_ms").longValue() - System.currentTimeMillis() + 10));
            assertRefused(running, dear(1, naming(forgotten)), "quote_expired");
            http.shutdownNow();
        }
    }

    /** Nobody waits for its answers. */
    private static void crowd(HttpClient http, RunningServer running) {
        HttpRequest request = HttpRequest.newBuilder(running.uri("/v1/completions"))
                .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(LONG))
                .build();
        for (int i = 0; i < CROWD; i++) {
            var _ = http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        }
    }
}
