package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.KeyHash;
import dev.pigou.scheduler.Tenant;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What a server had booked is there after it was killed in the middle of its work, and the next one goes on from it. */
class KilledServerTest {
    /** Room for two of the crowd, who have all that they want, and for what is leased; so memory has a price for those who wait. */
    private static final String KV_CACHE_BYTES = "262144";
    private static final int CROWD = 64;
    private static final String LONG = "{\"prompt\":[1,2,3],\"max_tokens\":900,\"ignore_eos\":true,"
            + "\"pigou\":{\"value\":1,\"latency_price\":0.001}}";
    /** Two full blocks of 16 tokens, and a few more. */
    private static final String LEASED = "{\"prompt\":[" + "5,6,7,8,9,10,11,12,".repeat(5)
            + "13],\"max_tokens\":2,\"pigou\":{\"value\":50},\"prompt_cache_options\":{\"ttl\":\"1h\"}}";
    private static final String RENT = "SELECT coalesce(max(kv_pico), 0) FROM request WHERE reason = 'lease'";
    private static final int SIGKILLED = 137;

    @TempDir
    private Path folder = Path.of("");

    private Path ledger() { return folder.resolve("ledger.db"); }

    private Path config() throws IOException { return Files.writeString(folder.resolve("pigou.toml"), """
            ledger = "%s"
            [tenants.alice]
            keys = ["%s"]
            refill = 0.000001
            cap = 100
            [tenants.crowd]
            keys = ["%s"]
            """.formatted(ledger(), KeyHash.of("of-alice").hex(), KeyHash.of("of-crowd").hex())); }

    private ServerProcess serve(Path model) throws IOException {
        return ServerProcess.start(model, "--config", config().toString(), "--kv-cache-memory-bytes",
                KV_CACHE_BYTES, "--max-model-len", "1000", "--max-num-seqs", "2");
    }

    /** What alice's wallet holds in a server that starts now. */
    private double wallet(Path model) throws IOException {
        try (ModelServer server = RunningServer.configured(config(), "--model", model.toString(), "--port",
                "0", "--device", "cpu")) {
            return server.assembly().policies().pricing().orElseThrow().treasury()
                    .available(new Tenant(0, "", 1), System.nanoTime());
        }
    }

    private long ask(String query) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theRentOfALeaseThatStoodIsInTheLedgerAndOffTheWallet() throws IOException, InterruptedException {
        Path model = RunningServer.patientModel(folder.resolve("model"));
        long seen;
        try (ServerProcess server = serve(model)) {
            String answer = server.send("/v1/completions", "of-alice", LEASED,
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer).contains("\"lease\":{\"tokens\":");
            for (int i = 0; i < CROWD; i++) {
                server.sendOnly("/v1/completions", "of-crowd", LONG);
            }
            RunningServer.await("rent is booked while the lease stands", () -> ask(RENT) > 0);
            seen = ask(RENT);
            server.kill();
            server.assertExit(SIGKILLED);
        }
        long booked = ask(RENT);
        assertThat(booked).isGreaterThanOrEqualTo(seen);
        assertThat(ask("SELECT count(*) FROM request WHERE reason = 'lease'")).as("one row").isEqualTo(1);
        assertThat(ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"))
                .isEqualTo(1);
        double due = ask("SELECT sum(due_pico) FROM bill WHERE tenant = 'alice'") / 1e12;
        assertThat(due).as("credits").isPositive();
        assertThat(wallet(model)).as("100, less what was booked, and the refill of less than a minute")
                .isBetween(100 - due - 1e-9, 100 - due + 6e-5);
    }
}
