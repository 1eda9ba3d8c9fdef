package dev.pigou.engine.cli;

import dev.pigou.engine.BatchingEngine;
import dev.pigou.engine.DeviceException;
import dev.pigou.engine.DeviceFailure;
import dev.pigou.engine.EngineConfig;
import dev.pigou.engine.EnginePolicies;
import dev.pigou.engine.KvPoolSize;
import dev.pigou.engine.ModelRunner;
import dev.pigou.engine.StepBatch;
import dev.pigou.engine.StepOutput;
import dev.pigou.engine.http.HttpConfig;
import dev.pigou.engine.ledger.SqliteLedger;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.openai.SamplingDefaults;
import dev.pigou.engine.openai.ServedModel;
import dev.pigou.engine.openai.ServiceTiers;
import dev.pigou.engine.openai.TestModel;
import dev.pigou.engine.text.HfTokenizer;
import dev.pigou.engine.torch.TorchBackend;
import dev.pigou.engine.torch.TorchDevice;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.estimate.StepCost;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole server, but for the model, when its device is lost in the middle of an answer. */
class DeadEngineTest {
    private static final int BLOCKS = 64;
    private static final EngineConfig CONFIG = EngineConfig.defaults();

    @TempDir
    private Path folder = Path.of("");
    private final HttpClient client = HttpClient.newHttpClient();

    /** Says the same token again and again, until the device is lost. */
    private static final class Doomed implements ModelRunner {
        private final CompletableFuture<Void> doom = new CompletableFuture<>();

        @Override
        public int vocabSize() { return TestModel.LIMITS.vocabSize(); }

        @Override
        public void execute(StepBatch batch, StepOutput output) {
            if (doom.isDone()) {
                throw new DeviceException("the device step failed: CUDA error: planned", DeviceFailure.LOST,
                        new IllegalStateException());
            }
            double[] values = new double[(int) batch.counts()[5]];
            Arrays.fill(values, TestModel.tokens("a")[0]);
            output.set(values);
        }

        @Override
        public void releaseCachedMemory() {
            // It has none.
        }

        @Override
        public void close() {
            if (doom.isDone()) {
                throw new AssertionError("a lost device was touched");
            }
        }
    }

    /** With a tokenizer of its own, for the server closes it. */
    private static ServedModel model() throws IOException {
        return new ServedModel(List.of(TestModel.NAME), 0, TestModel.LIMITS,
                HfTokenizer.load(Path.of("src/test/resources/golden").resolve("llama")), Optional.empty(),
                SamplingDefaults.NEUTRAL, Set.of(TestModel.EOS));
    }

    private ModelServer serve(ModelRunner runner, Path ledger) throws IOException {
        var policies = EnginePolicies.of(CONFIG, new StepCost(0.05, 1e-3, 1e-8, 1e-3, 1e-6), BLOCKS);
        var scheduler = new Scheduler(new SchedulerConfig(4, 64, 512, new int[]{TestModel.EOS}),
                policies.scheduling(), new KvCacheManager(BLOCKS, CONFIG.blockSize(), true,
                        policies.retention(), policies.prefillCost()));
        var engine = new BatchingEngine(scheduler, runner,
                new StepBatch(CONFIG.blockSize(), runner.vocabSize(), 1), TestModel.LIMITS, 4, 100, false);
        var backend = TorchBackend.of(TorchDevice.named("cpu"), ModelDtype.FLOAT32);
        return ModelServer.listen(new EngineAssembly(engine, new KvPoolSize(BLOCKS, 512), policies, backend),
                model(), List.of(TestModel.NAME), CONFIG.blockSize(), HttpConfig.listeningOn("127.0.0.1", 0),
                ServiceTiers.STANDARD, Optional.of(SqliteLedger.open(ledger)), Optional.empty());
    }

    private CompletableFuture<HttpResponse<String>> complete(ModelServer server, int tokens) {
        String body = "{\"prompt\":\"Hello\",\"max_tokens\":" + tokens + ",\"ignore_eos\":true}";
        return client.sendAsync(
                HttpRequest.newBuilder(uri(server, "/v1/completions"))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(ModelServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    private static List<String> reasons(Path ledger) throws Exception {
        List<String> reasons = new ArrayList<>();
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                var rows = connection.createStatement()
                        .executeQuery("SELECT reason FROM request ORDER BY ended_ms")) {
            while (rows.next()) {
                reasons.add(rows.getString(1));
            }
        }
        return reasons;
    }

    @Test
    void everybodyHearsOfItTheBooksAreClosedAndTheProcessEndsWithAnError() throws Exception {
        var runner = new Doomed();
        Path ledger = folder.resolve("ledger.db");
        var said = new StringWriter();
        try (ModelServer server = serve(runner, ledger)) {
            assertThat(complete(server, 5).get().statusCode()).isEqualTo(200);
            assertThat(client.send(HttpRequest.newBuilder(uri(server, "/health")).build(),
                    HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            runner.doom.complete(null);
            HttpResponse<String> struck = complete(server, 400).get();
            assertThat(struck.statusCode()).isEqualTo(503);
            assertThat(struck.body()).contains("engine_dead");
            assertThat(complete(server, 5).get().body()).contains("engine_dead");
            HttpResponse<String> health = client.send(HttpRequest.newBuilder(uri(server, "/health")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).contains("CUDA error: planned");
            assertThat(ServeCommand.untilTheEnd(server, Duration.ZERO, Duration.ofSeconds(5),
                    new PrintWriter(said))).isEqualTo(1);
            assertThat(said.toString()).contains("CUDA error: planned");
            assertThat(reasons(ledger)).as("written before the process ends").containsExactly("length",
                    "error");
        }
    }
}
