package dev.pigou.bench.served;

import dev.pigou.bench.load.LoadRun;
import dev.pigou.bench.load.StopSignal;
import dev.pigou.bench.load.client.ServerQuestions;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.workload.Arrivals;
import dev.pigou.bench.load.workload.LengthRange;
import dev.pigou.bench.load.workload.Workload;
import dev.pigou.bench.sim.demand.ValueRule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A chat tenant beside one with long contexts, on a real server whose memory holds two of the long ones. */
final class ChatBesideLongTest {
    private static final Path DEMO = Path.of("../engine/models/pigou-demo");
    private static final int DEMO_VOCABULARY = 256;
    private static final int CHATS = 40;
    private static final int LENGTHY = 16;
    private static final int BLOCKS = 64;
    private static final long SEED = 20_261_127;
    /** However slow this machine is. */
    private static final double PATIENCE_SECONDS = 1800;
    private static final ValueRule EQUAL = new ValueRule(List.of(new ValueRule.Weight(1, 1)), 1, 0);

    private final Sender chat = new Sender("chat", new LengthRange(24, 0.5), new LengthRange(12, 0.5),
            PATIENCE_SECONDS);
    private final Sender lengthy = new Sender("long", new LengthRange(320, 0.1), new LengthRange(128, 0.1),
            PATIENCE_SECONDS);
    private final TwoTenants tenants = new TwoTenants(chat, lengthy,
            Map.of("chat", "of-chat", "long", "of-long"), DEMO_VOCABULARY);
    private final Workload workload = tenants
            .open(List.of(new TwoTenants.Asked(chat, new Arrivals.Constant(10), CHATS),
                    new TwoTenants.Asked(lengthy, new Arrivals.AtOnce(), LENGTHY)), EQUAL, SEED);

    @TempDir
    private Path folder = Path.of("");

    private ServerProcess serve(Rival rival) throws InterruptedException {
        return ServerProcess.start(new ServerSetup(DEMO, rival.policy(), BLOCKS, 1, tenants.keys(), folder));
    }

    private static RunResult run(ServerProcess server, Workload workload) throws InterruptedException {
        return new LoadRun(server.target(), Capacity.NO_WARMUP, new StopSignal()).run(workload, _ -> {});
    }

    @Test
    void underPricesEveryChatIsAnsweredAndTheBooksSayWhatTheClientsWereTold()
            throws InterruptedException, SQLException {
        RunResult run;
        double charged;
        try (ServerProcess server = serve(Rival.PRICE)) {
            run = run(server, workload);
            charged = chargedByMetrics(server);
            assertThat(kvWaiting(server)).as("nobody waits any more").isZero();
        }
        TenantScore chats = TenantScore.of(chat, workload, run, Window.ALL);
        assertThat(chats.answered()).as("seed %d, %s", SEED, chats).isEqualTo(CHATS);
        TenantScore others = TenantScore.of(lengthy, workload, run, Window.ALL);
        assertThat(others.answered()).as("seed %d, %s", SEED, others).isPositive();
        assertThat(chats.ttftP50Seconds())
                .as("chats do not queue behind long contexts: %s, %s", chats, others)
                .isLessThan(others.ttftP50Seconds());

        Map<String, LedgerSums> books = LedgerSums.read(folder.resolve("price.db"), 0, Long.MAX_VALUE);
        LedgerSums chatBooks = books.getOrDefault("chat", LedgerSums.NOTHING);
        LedgerSums longBooks = books.getOrDefault("long", LedgerSums.NOTHING);
        assertThat(chatBooks.rows()).isEqualTo(CHATS);
        assertThat(longBooks.rows()).isEqualTo(LENGTHY);
        assertThat(chatBooks.answered()).isEqualTo(CHATS);
        assertThat(longBooks.answered()).isEqualTo(others.answered());
        assertThat(chatBooks.due()).isCloseTo(chats.charge(), within(1e-9));
        assertThat(longBooks.due()).isCloseTo(others.charge(), within(1e-9)).isPositive();
        assertThat(charged).isCloseTo(chatBooks.due() + longBooks.due(), within(1e-9));
        assertThat(longBooks.due() / longBooks.answered())
                .as("who holds memory that others wait for pays for it")
                .isGreaterThan(chatBooks.due() / CHATS);
    }

    @Test
    void inOrderOfArrivalChatsQueueBehindLongContextsAndNobodyPays()
            throws InterruptedException, SQLException {
        RunResult run;
        try (ServerProcess server = serve(Rival.FCFS)) {
            run = run(server, workload);
        }
        assertThat(run.requests()).allMatch(RequestRecord::completed);
        TenantScore chats = TenantScore.of(chat, workload, run, Window.ALL);
        TenantScore others = TenantScore.of(lengthy, workload, run, Window.ALL);
        assertThat(firstTokensBefore(run, "chat", lastFirstToken(run, "long")))
                .as("chats begun before the last long one: %s, %s", chats, others).isLessThan(CHATS);
        assertThat(LedgerSums.read(folder.resolve("fcfs.db"), 0, Long.MAX_VALUE).values())
                .allMatch(sums -> sums.duePico() == 0 && sums.rows() == sums.answered());
    }

    private static long lastFirstToken(RunResult run, String tenant) {
        return run.requests().stream().filter(request -> request.tenant().equals(tenant))
                .mapToLong(RequestRecord::firstTokenNanos).max().orElseThrow();
    }

    private static long firstTokensBefore(RunResult run, String tenant, long nanos) {
        return run.requests().stream()
                .filter(request -> request.tenant().equals(tenant) && request.firstTokenNanos() < nanos)
                .count();
    }

    /** What was metered, less what nobody pays because more had not been promised. */
    private static double chargedByMetrics(ServerProcess server) {
        String metrics = answer(server, "/metrics");
        return sum(metrics, "pigou:charged_credits_total{")
                - sum(metrics, "pigou:written_off_credits_total{");
    }

    private static double sum(String metrics, String name) {
        return metrics.lines().filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    }

    private static double kvWaiting(ServerProcess server) {
        return JsonMapper.shared().readTree(answer(server, "/v1/prices")).at("/prices/kv_waiting")
                .asDouble(-1);
    }

    private static String answer(ServerProcess server, String path) {
        try (var questions = new ServerQuestions(server.target())) {
            return new String(questions.ask(path).join().body(), StandardCharsets.UTF_8);
        }
    }
}
