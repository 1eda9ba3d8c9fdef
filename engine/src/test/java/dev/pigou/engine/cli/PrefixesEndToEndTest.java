package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.KeyHash;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Whose cached prefixes a request finds, and how long they are kept for it: a real engine over real HTTP. */
class PrefixesEndToEndTest {
    /** Three full blocks of 16 tokens, and one token more. */
    private static final String PROMPT = "[" + "5, 6, 7, 8, 9, 10, 11, 12, ".repeat(6) + "13]";
    private static final int FULL_BLOCKS = 48;

    private final HttpClient http = HttpClient.newHttpClient();
    @TempDir
    private Path folder = Path.of("");
    private @Nullable ModelServer server;

    @BeforeEach
    void start() throws IOException {
        Path file = Files.writeString(folder.resolve("pigou.toml"), """
                ledger = "%s"
                [tenants.alice]
                keys = ["%s"]
                [tenants.bob]
                keys = ["%s"]
                [tenants.red]
                keys = ["%s"]
                share_prefixes = true
                [tenants.blue]
                keys = ["%s"]
                share_prefixes = true
                """.formatted(ledger(), hash("alice"), hash("bob"), hash("red"), hash("blue")));
        server = RunningServer.configured(file, "--model", RunningServer.GOLDEN.resolve("llama").toString(),
                "--port", "0", "--device", "cpu", "--dtype", "float32");
    }

    @AfterEach
    void stop() {
        http.close();
        server().close();
    }

    private ModelServer server() { return Objects.requireNonNull(server); }

    private Path ledger() { return folder.resolve("ledger.db"); }

    private static String hash(String tenant) { return KeyHash.of("of-" + tenant).hex(); }

    private JsonNode complete(String tenant, String fields) {
        return send(tenant, "/v1/completions",
                "{\"prompt\":" + PROMPT + ",\"max_tokens\":2,\"ignore_eos\":true" + fields + "}");
    }

    private JsonNode send(String tenant, String path, String body) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(uri(path))
                .header("content-type", "application/json").header("authorization", "Bearer of-" + tenant)
                .POST(HttpRequest.BodyPublishers.ofString(body)).build());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server().address().getPort() + path);
    }

    private int cached(String tenant, String fields) {
        return complete(tenant, fields).at("/usage/prompt_tokens_details/cached_tokens").asInt();
    }

    @Test
    void anotherTenantsPromptIsNeverFoundUnlessBothShare() {
        assertThat(cached("alice", "")).isZero();
        assertThat(cached("alice", "")).isEqualTo(FULL_BLOCKS);
        assertThat(cached("bob", "")).isZero();
        assertThat(cached("red", "")).as("who shares finds nothing of those that do not").isZero();
        assertThat(cached("blue", "")).as("both share").isEqualTo(FULL_BLOCKS);
        JsonNode quote = send("bob", "/v1/quotes", "{\"prompt\":" + PROMPT.replace("13]", "13, 14]") + "}");
        assertThat(quote.at("/cached_tokens").asInt()).as("bob's own by now").isEqualTo(FULL_BLOCKS);
    }

    @Test
    void aSaltSharesOnlyWithTheSameSaltOfTheSameTenant() {
        assertThat(cached("red", ",\"cache_salt\":\"team 1\"")).isZero();
        assertThat(cached("red", ",\"cache_salt\":\"team 1\"")).isEqualTo(FULL_BLOCKS);
        assertThat(cached("red", ",\"cache_salt\":\"team 2\"")).isZero();
        assertThat(cached("red", "")).isZero();
        assertThat(cached("blue", ",\"cache_salt\":\"team 1\"")).isZero();
    }

    @Test
    void hitsAreCountedByTenantAndByWhoseTheyWere() throws InterruptedException {
        complete("alice", "");
        complete("alice", "");
        complete("bob", "");
        complete("red", "");
        complete("blue", "");
        String foreign = "pigou:prefix_cache_foreign_hits_total{model_name=\"llama\"} "
                + (double) FULL_BLOCKS;
        String metrics = metrics();
        for (int i = 0; i < 100 && !metrics.contains(foreign); i++) {
            Thread.sleep(20); // the engine's snapshot follows the last answer
            metrics = metrics();
        }
        assertThat(metrics).contains(foreign, hits("alice", FULL_BLOCKS), hits("bob", 0), hits("red", 0),
                hits("blue", FULL_BLOCKS));
    }

    @Test
    void theOperatorSeesWhoseBlocksAreCachedAndWhoFoundThem() throws InterruptedException {
        complete("alice", ",\"pigou\":{\"value\":3}");
        complete("alice", "");
        complete("red", "");
        complete("blue", "");
        String bluesHits = origin("cached_block_hits_total", "by=\"others\",", "red", 3);
        String metrics = metrics();
        for (int i = 0; i < 100 && !metrics.contains(bluesHits); i++) {
            Thread.sleep(20); // it is counted right after the client has its answer
            metrics = metrics();
        }
        assertThat(metrics).contains(bluesHits, origin("cached_blocks", "", "alice", 3),
                origin("cached_blocks", "", "red", 3), origin("cached_blocks", "", "blue", 0),
                origin("cached_value_credits", "", "alice", 9), origin("cached_value_credits", "", "red", 3),
                origin("cached_block_hits_total", "by=\"itself\",", "alice", 3),
                origin("cached_block_hits_total", "by=\"others\",", "alice", 0),
                origin("cached_block_hits_total", "by=\"itself\",", "red", 0),
                origin("cached_saved_seconds_total", "", "blue", 0));
        assertThat(metrics).doesNotContain(origin("cached_saved_seconds_total", "", "red", 0));
    }

    private static String origin(String name, String label, String tenant, double value) {
        return "pigou:tenant_" + name + "{" + label + "model_name=\"llama\",tenant=\"" + tenant + "\"} "
                + value;
    }

    private String metrics() { return send(HttpRequest.newBuilder(uri("/metrics")).build()).body(); }

    private static String hits(String tenant, double tokens) {
        return "pigou:tenant_prefix_cache_hits_total{model_name=\"llama\",tenant=\"" + tenant + "\"} "
                + tokens;
    }

    @Test
    void aLeaseIsOnTheBillAndInTheLedger() throws SQLException {
        JsonNode answer = complete("alice", ",\"n\":2,\"prompt_cache_options\":{\"ttl\":\"1h\"}");
        JsonNode lease = answer.at("/usage/pigou/lease");
        assertThat(lease.at("/tokens").asInt()).as("once, for both choices").isEqualTo(FULL_BLOCKS);
        assertThat(lease.at("/expires_ms").asLong() - System.currentTimeMillis()).isBetween(3_500_000L,
                3_600_000L);
        assertThat(complete("bob", "").at("/usage/pigou").has("lease")).isFalse();
        server().close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT request_id, tenant, prompt_tokens, due_pico FROM bill WHERE reason = 'lease'")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo(answer.at("/id").asString() + "-lease");
            assertThat(row.getString(2)).isEqualTo("alice");
            assertThat(row.getInt(3)).isEqualTo(FULL_BLOCKS);
            assertThat(row.getLong(4)).as("the house was empty").isZero();
            assertThat(row.next()).isFalse();
        }
    }

    @Test
    void aQuoteNamesTheRentOfTheLease() {
        JsonNode quote = send("alice", "/v1/quotes",
                "{\"prompt\":" + PROMPT + ",\"prompt_cache_options\":{\"ttl\":\"30m\"}}");
        assertThat(quote.at("/cost/expected/lease").asDouble()).as("free in an empty house").isZero();
        assertThat(quote.at("/cost/p95/lease").isNumber()).isTrue();
    }
}
