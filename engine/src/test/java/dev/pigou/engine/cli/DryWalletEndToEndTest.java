package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.KeyHash;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** An answer begins while memory is free, and then a crowd makes it dearer than all that its tenant has. */
class DryWalletEndToEndTest {
    /** Of 4 KiB each. */
    private static final String SIXTY_FOUR_BLOCKS = "262144";
    private static final int CROWD = 16;
    private static final int AUCTION_MILLIS = 300;
    private static final double ALL_SHE_HAS = 0.000001;
    private static final int TOKENS = 900;
    private static final String LONG = "{\"prompt\":[1,2,3],\"max_tokens\":900,\"ignore_eos\":true,"
            + "\"pigou\":{\"value\":1,\"latency_price\":0.001}}";
    private static final String DEAR = "{\"prompt\":[4,2,3],\"max_tokens\":" + TOKENS
            + ",\"ignore_eos\":true," + "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
            + "\"pigou\":{\"value\":50,\"latency_price\":1}}";

    @TempDir
    private Path folder = Path.of("");

    private ModelServer serve() throws IOException {
        Path file = Files.writeString(folder.resolve("pigou.toml"), """
                [tenants.alice]
                keys = ["%s"]
                refill = 0
                cap = %s
                [tenants.crowd]
                keys = ["%s"]
                """.formatted(KeyHash.of("of-alice").hex(), ALL_SHE_HAS, KeyHash.of("of-crowd").hex()));
        return RunningServer.configured(file, "--model",
                RunningServer.patientModel(folder.resolve("model")).toString(), "--port", "0", "--device",
                "cpu", "--dtype", "float32", "--kv-cache-memory-bytes", SIXTY_FOUR_BLOCKS, "--max-model-len",
                "1000", "--no-enable-prefix-caching");
    }

    private static HttpRequest.Builder to(ModelServer server, String path, String key) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .header("content-type", "application/json").header("authorization", "Bearer " + key);
    }

    private static HttpRequest completion(ModelServer server, String key, String body) {
        return to(server, "/v1/completions", key).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    /** Nobody waits for its answers. */
    private static HttpClient crowd(ModelServer server) {
        HttpClient http = HttpClient.newHttpClient();
        for (int i = 0; i < CROWD; i++) {
            var _ = http.sendAsync(completion(server, "of-crowd", LONG),
                    HttpResponse.BodyHandlers.discarding());
        }
        return http;
    }

    private static String get(HttpClient http, ModelServer server, String path) {
        try {
            return http.send(to(server, path, "of-crowd").GET().build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static double priceOfMemory(HttpClient http, ModelServer server) {
        return JsonMapper.shared().readTree(get(http, server, "/v1/prices")).at("/prices/kv_waiting")
                .doubleValue();
    }

    @Test
    void theAnswerIsFinishedAndCostsAllThatThereWasAndAsMuchOnCredit()
            throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient(); ModelServer server = serve()) {
            HttpClient first = crowd(server); // so that prices are known to rise
            RunningServer.await("memory has a price", () -> priceOfMemory(http, server) > 0);
            first.shutdownNow();
            RunningServer.await("the crowd is gone", () -> isIdle(http, server));
            Thread.sleep(AUCTION_MILLIS); // or her price would be that of the last auction, with the crowd
            HttpResponse<Stream<String>> answer = http.send(completion(server, "of-alice", DEAR),
                    HttpResponse.BodyHandlers.ofLines());
            Iterator<String> lines = answer.body().iterator();
            assertThat(lines.next()).startsWith("data: ");
            HttpClient second = crowd(server);
            JsonNode last = lastUsage(lines);
            assertThat(last.at("/completion_tokens").intValue()).as("%s", last).isEqualTo(TOKENS);
            assertThat(last.at("/pigou/written_off").doubleValue()).as("%s", last).isPositive();
            assertThat(last.at("/pigou/charge").doubleValue()).as("%s", last).isCloseTo(2 * ALL_SHE_HAS,
                    within(1e-12));
            assertThat(
                    get(http, server, "/metrics").lines()
                            .filter(line -> line.startsWith("pigou:written_off_credits_total")
                                    && line.contains("promise=\"wallet\"") && !line.endsWith(" 0")))
                    .hasSize(1);
            HttpResponse<String> broke = http.send(
                    completion(server, "of-alice",
                            DEAR.replace("\"stream\":true", "\"stream\":false")
                                    .replace(",\"stream_options\":{\"include_usage\":true}", "")),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(broke.statusCode()).as(broke.body()).isEqualTo(429);
            assertThat(broke.body()).contains("\"out_of_budget\"");
            assertThat(broke.headers().firstValue("x-should-retry")).hasValue("false");
            second.shutdownNow();
        }
    }

    private static boolean isIdle(HttpClient http, ModelServer server) {
        return get(http, server, "/metrics").lines()
                .filter(line -> line.startsWith("pigou:num_requests_running{")
                        || line.startsWith("pigou:num_requests_waiting{"))
                .allMatch(line -> line.endsWith(" 0") || line.endsWith(" 0.0"));
    }

    private static JsonNode lastUsage(Iterator<String> lines) {
        JsonNode last = JsonMapper.shared().readTree("{}");
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith("data: {")) {
                JsonNode usage = JsonMapper.shared().readTree(line.substring("data: ".length())).get("usage");
                last = usage != null && usage.isObject() ? usage : last;
            }
        }
        return last;
    }
}
