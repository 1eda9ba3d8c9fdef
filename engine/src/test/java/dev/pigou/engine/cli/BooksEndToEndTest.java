package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.KeyHash;
import dev.pigou.scheduler.Tenant;
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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A server with tenants and a ledger, from the configuration file to plain SQL. */
class BooksEndToEndTest {
    @TempDir
    private Path folder = Path.of("");

    /** A row that was booked by the server that ran before. */
    private static void book(Path ledger, String tenant, long endedMillis, long duePico) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    """
                            INSERT INTO request VALUES ('before-%d', 0, %d, %d, '%s', 'llama', 'stop', NULL, 'auto', 'default',
                                5, 0, 5, 0, 0, 0, %d, 0, 0, 0, 0, 0, 0)"""
                            .formatted(endedMillis, endedMillis, endedMillis, tenant, duePico));
        }
    }

    private static double available(ModelServer server, int tenant) {
        var treasury = server.assembly().policies().pricing().orElseThrow().treasury();
        return treasury.available(new Tenant(tenant, "", 1), System.nanoTime());
    }

    @Test
    void walletsSurviveARestart() throws IOException, SQLException {
        Path ledger = folder.resolve("ledger.db");
        try (ModelServer server = serve(ledger)) {
            assertThat(available(server, 0)).as("it begins full").isEqualTo(8);
        }
        book(ledger, "alice", System.currentTimeMillis() - 100_000, 6_000_000_000_000L);
        book(ledger, "alice", System.currentTimeMillis() - 10_000, 1_000_000_000_000L);
        try (ModelServer server = serve(ledger)) {
            assertThat(available(server, 0)).as("8 - 6 - 1, and 100 s at 0.01").isCloseTo(2, within(0.2));
            assertThat(available(server, 1)).as("bob has none").isInfinite();
        }
    }

    @Test
    void rebatesSurviveARestart() throws IOException, SQLException {
        Path ledger = folder.resolve("ledger.db");
        serve(ledger, "--rebate-revenue").close();
        book(ledger, "alice", System.currentTimeMillis() - 3000, 6_000_000_000_000L);
        book(ledger, "bob", System.currentTimeMillis() - 2000, 1_500_000_000_000L);
        try (ModelServer server = serve(ledger, "--rebate-revenue")) {
            assertThat(available(server, 0))
                    .as("hers alone come back to her, and what bob paid, up to the cap").isEqualTo(8);
        }
        try (ModelServer server = serve(ledger)) {
            assertThat(available(server, 0)).as("8 - 6, and the refill").isCloseTo(2, within(0.5));
        }
    }

    private ModelServer serve(Path ledger, String... flags) throws IOException {
        Path file = Files.writeString(folder.resolve("pigou.toml"), """
                ledger = "%s"
                [tenants.alice]
                keys = ["%s"]
                refill = 0.01
                cap = 8
                [tenants.bob]
                keys = ["%s"]
                """.formatted(ledger, KeyHash.of("of-alice").hex(), KeyHash.of("of-bob").hex()));
        List<String> arguments = new ArrayList<>(
                List.of("--model", RunningServer.GOLDEN.resolve("llama").toString(), "--port", "0",
                        "--device", "cpu", "--dtype", "float32"));
        arguments.addAll(List.of(flags));
        return RunningServer.configured(file, arguments.toArray(String[]::new));
    }

    private static HttpResponse<String> complete(ModelServer server, String key)
            throws IOException, InterruptedException {
        String body = "{\"prompt\": [5, 6, 7, 8], \"max_tokens\": 3, \"n\": 2, \"service_tier\": \"flex\", \"ignore_eos\": true}";
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/v1/completions");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(uri).header("content-type", "application/json")
                            .header("authorization", "Bearer " + key)
                            .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void everyChoiceIsBookedOnItsTenantsAccount() throws IOException, InterruptedException, SQLException {
        Path ledger = folder.resolve("ledger.db");
        JsonNode answer;
        try (ModelServer server = serve(ledger)) {
            assertThat(complete(server, "of-carol").statusCode()).isEqualTo(401);
            answer = JsonMapper.shared().readTree(complete(server, "of-alice").body());
            assertThat(complete(server, "of-bob").statusCode()).isEqualTo(200);
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        """
                                SELECT tenant, count(*), sum(prompt_tokens), sum(output_tokens), min(reason),
                                    min(request_id), min(tier_asked), min(tier_given) FROM bill GROUP BY tenant ORDER BY tenant""")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("alice");
            assertThat(rows.getInt(2)).isEqualTo(2);
            assertThat(rows.getInt(3)).isEqualTo(8);
            assertThat(rows.getInt(4)).isEqualTo(6);
            assertThat(rows.getString(5)).isEqualTo("length");
            assertThat(rows.getString(6)).isEqualTo(answer.at("/id").asString());
            assertThat(rows.getString(7)).isEqualTo("flex");
            assertThat(rows.getString(8)).isEqualTo("flex");
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("bob");
            assertThat(rows.next()).isFalse();
        }
    }
}
