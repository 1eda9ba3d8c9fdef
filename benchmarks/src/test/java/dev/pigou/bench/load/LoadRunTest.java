package dev.pigou.bench.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pigou.bench.load.client.Api;
import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunProgress;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.stub.StubConfig;
import dev.pigou.bench.load.stub.StubServer;
import dev.pigou.bench.load.workload.ClientBehaviour;
import dev.pigou.bench.load.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class LoadRunTest {
    private static final RunOptions NO_WARMUP = new RunOptions(OptionalInt.empty(), 0, 1);

    /** The reason why this harness exists. */
    @Test
    void afterAFreezeAnOpenLoopShowsItsWholeLengthAndANaiveClientHidesIt() throws InterruptedException {
        Duration freeze = Duration.ofMillis(300);
        StubConfig config = StubConfig.instant().withPace(Duration.ofMillis(1), Duration.ofMillis(1))
                .withFreeze(freeze, Duration.ofMillis(1500));
        try (StubServer stub = StubServer.start(config)) {
            Target target = Target.of(stub.baseUrl(), Api.COMPLETIONS);
            RunResult open = run(target, Workloads.open(800, 200, 3), NO_WARMUP);
            RunResult closed = run(target, Workloads.closed(800, 1, 3), NO_WARMUP);
            assertThat(open.closedLoop()).isFalse();
            assertThat(closed.closedLoop()).isTrue();
            assertThat(quantile(open, 0.99)).isGreaterThan(freeze.toNanos() / 2);
            double shown = share(open, freeze.toNanos() / 2);
            assertThat(shown).as("a fifth is due in a freeze, and half of that early in it")
                    .isGreaterThan(0.05);
            assertThat(share(closed, freeze.toNanos() / 2)).as("one request a freeze").isLessThan(shown / 2);
        }
    }

    @Test
    void aRequestThatWaitsUnderTheCapCountsFromWhenItWasDue() throws InterruptedException {
        try (StubServer stub = StubServer
                .start(StubConfig.instant().withPace(Duration.ofMillis(500), Duration.ZERO))) {
            Target target = Target.of(stub.baseUrl(), Api.CHAT);
            RunResult result = run(target, Workloads.open(6, 1e6, 1),
                    new RunOptions(OptionalInt.of(2), 0, 1));
            long[] latencies = result.requests().stream().mapToLong(RequestRecord::ttftNanos).sorted()
                    .toArray();
            for (int i = 0; i < latencies.length; i++) {
                assertThat(latencies[i]).as("request %d", i)
                        .isGreaterThanOrEqualTo((i / 2 + 1) * 500_000_000L);
            }
            assertThat(result.health().lateMaxNanos()).as("waiting at the cap is not the harness's lateness")
                    .isLessThan(900_000_000L);
        }
    }

    @Test
    void aClosedLoopSendsNoMoreThanItsConcurrencyAtOnce() throws InterruptedException {
        try (StubServer stub = StubServer
                .start(StubConfig.instant().withPace(Duration.ofMillis(5), Duration.ofMillis(1)))) {
            RunResult result = run(Target.of(stub.baseUrl(), Api.CHAT),
                    Workloads.of(40, 1, OptionalInt.of(3), Workloads.turns(2, 4, ClientBehaviour.PATIENT)),
                    NO_WARMUP);
            assertThat(result.requests()).hasSize(80).allMatch(RequestRecord::completed)
                    .allMatch(record -> record.intendedNanos() == record.sentNanos());
            assertThat(mostAtOnce(result)).isEqualTo(3);
        }
    }

    @Test
    void aTurnFollowsTheAnswerBefore() throws InterruptedException {
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            Workload workload = Workloads.of(5, 100, OptionalInt.empty(),
                    Workloads.turns(3, 8, ClientBehaviour.PATIENT));
            RunResult result = run(Target.of(stub.baseUrl(), Api.CHAT), workload, RunOptions.DEFAULTS);
            for (int session = 0; session < 5; session++) {
                int index = session;
                List<RequestRecord> turns = result.requests().stream()
                        .filter(record -> record.session() == index).toList();
                assertThat(turns).extracting(RequestRecord::turn).containsExactly(0, 1, 2);
                assertThat(turns).as("the stub counts a token for four characters")
                        .extracting(RequestRecord::promptTokens).containsExactly(5, 20, 35);
                assertThat(turns.get(1).intendedNanos()).isEqualTo(turns.get(0).endNanos());
            }
        }
    }

    @Test
    void whoDisconnectsIsNeitherCompletedNorFailed() throws InterruptedException {
        try (StubServer stub = StubServer
                .start(StubConfig.instant().withPace(Duration.ofMillis(20), Duration.ofMillis(5)))) {
            for (int after : new int[]{0, 3}) {
                RunResult result = run(Target.of(stub.baseUrl(), Api.COMPLETIONS), Workloads.of(4, 100,
                        OptionalInt.empty(), Workloads.turns(2, 100, new ClientBehaviour.Disconnects(after))),
                        NO_WARMUP);
                assertThat(result.requests()).as("later turns are not sent").hasSize(4).allSatisfy(record -> {
                    assertThat(record.disconnected()).isTrue();
                    assertThat(record.failure()).isEmpty();
                    assertThat(record.outputTokens()).isEqualTo(after);
                });
            }
        }
    }

    @Test
    void whoLosesPatienceLeavesIfNothingHasComeByThenAndElseStays() throws InterruptedException {
        Duration firstToken = Duration.ofMillis(400);
        try (StubServer stub = StubServer
                .start(StubConfig.instant().withPace(firstToken, Duration.ofMillis(50)))) {
            for (long patienceMillis : new long[]{100, 600_000}) {
                boolean stays = patienceMillis > firstToken.toMillis();
                RunResult result = run(Target.of(stub.baseUrl(), Api.COMPLETIONS),
                        Workloads.of(3, 100, OptionalInt.empty(),
                                Workloads.turns(1, 4, new ClientBehaviour.LosesPatience(patienceMillis))),
                        NO_WARMUP);
                assertThat(result.requests()).hasSize(3).allSatisfy(record -> {
                    assertThat(record.completed()).isEqualTo(stays);
                    assertThat(record.disconnected()).isEqualTo(!stays);
                    assertThat(record.failure()).isEmpty();
                    assertThat(record.outputTokens()).isEqualTo(stays ? 4 : 0);
                });
            }
        }
    }

    @Test
    void whoReadsSlowlyTakesItsTime() throws InterruptedException {
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            int bytesPerSecond = 20_000;
            RunResult result = run(Target.of(stub.baseUrl(), Api.COMPLETIONS),
                    Workloads.of(2, 100, OptionalInt.empty(),
                            Workloads.turns(1, 50, new ClientBehaviour.ReadsSlowly(bytesPerSecond))),
                    NO_WARMUP);
            long leastBytes = 50 * 150;
            assertThat(result.requests())
                    .hasSize(2).allMatch(RequestRecord::completed).allMatch(record -> record.endNanos()
                            - record.sentNanos() > 1e9 * leastBytes / bytesPerSecond * 0.8)
                    .allMatch(record -> record.gapsNanos().length == 49);
        }
    }

    @Test
    void progressAndPricesAreToldWhileItRuns() throws InterruptedException, IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/prices", exchange -> respond(exchange, "application/json",
                "{\"object\":\"prices\",\"kv\":{\"block_second\":0.5},\"tiers\":[{\"price\":2}]}"));
        server.createContext("/v1/completions", exchange -> respond(exchange, "text/event-stream",
                "data: {\"choices\":[{\"text\":\"a\",\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n"));
        server.start();
        try {
            List<RunProgress> told = new CopyOnWriteArrayList<>();
            Target target = Target.of("http://127.0.0.1:" + server.getAddress().getPort(), Api.COMPLETIONS)
                    .withModel("m");
            RunResult result = new LoadRun(target, NO_WARMUP, new StopSignal()).run(Workloads.open(60, 20, 1),
                    told::add);
            assertThat(result.requests()).hasSize(60).allMatch(RequestRecord::completed);
            assertThat(told).isNotEmpty().allSatisfy(progress -> {
                assertThat(progress.planned()).isEqualTo(60);
                assertThat(progress.failed()).isZero();
            });
            assertThat(result.prices()).isNotEmpty().allMatch(
                    sample -> sample.prices().equals(Map.of("kv.block_second", 0.5, "tiers.0.price", 2.0)));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatEveryRequestSaysIsAmongTheSettings() throws InterruptedException {
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            Target plain = Target.of(stub.baseUrl(), Api.CHAT).withModel("m");
            var target = new Target("t", plain.baseUrl(), plain.api(), plain.endpoint(), plain.model(),
                    plain.apiKey(), plain.headers(), plain.ignoreEos(), OptionalDouble.of(0.5),
                    Map.of("top_p", 0.9, "stop", List.of("x")), plain.timeLimit());
            assertThat(run(target, Workloads.open(1, 1, 1), NO_WARMUP).settings())
                    .containsEntry("backend", "openai-chat").containsEntry("temperature", 0.5)
                    .containsEntry("extra-body", "{\"stop\":[\"x\"],\"top_p\":0.9}");
            assertThat(run(plain, Workloads.open(1, 1, 1), NO_WARMUP).settings())
                    .doesNotContainKeys("extra-body", "temperature");
        }
    }

    @Test
    void serversTakeTurnsAndOnesFailureIsItsOwn() throws InterruptedException {
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            Target good = Target.of(stub.baseUrl(), Api.COMPLETIONS).withLabel("A");
            Target gone = Target.of("http://127.0.0.1:1", Api.COMPLETIONS).withLabel("B").withModel("m");
            List<Integer> seeds = new ArrayList<>();
            List<RunResult> results = new LoadComparison(List.of(good, gone), 3, RunOptions.DEFAULTS,
                    RunObserver.NOBODY, new StopSignal()).run(repeat -> {
                        seeds.add(repeat);
                        return Workloads.open(10, 1000, 2);
                    });
            assertThat(results).extracting(RunResult::label).containsExactly("A", "B", "B", "A", "A", "B");
            assertThat(seeds).containsExactly(0, 1, 2);
            assertThat(results).filteredOn(result -> result.label().equals("A")).hasSize(3)
                    .allMatch(result -> result.requests().size() == 10 && result.broken().isEmpty());
            assertThat(results).filteredOn(result -> result.label().equals("B"))
                    .allMatch(result -> result.broken().isPresent());
        }
    }

    private static RunResult run(Target target, Workload workload, RunOptions options)
            throws InterruptedException {
        return new LoadRun(target, options, new StopSignal()).run(workload, _ -> {});
    }

    private static long quantile(RunResult result, double quantile) {
        long[] sorted = result.requests().stream().mapToLong(RequestRecord::e2eNanos).sorted().toArray();
        return sorted[(int) (sorted.length * quantile)];
    }

    /** Of the requests, how many took longer. */
    private static double share(RunResult result, long nanos) {
        return (double) result.requests().stream().filter(record -> record.e2eNanos() > nanos).count()
                / result.requests().size();
    }

    private static int mostAtOnce(RunResult result) {
        long[] sent = result.requests().stream().mapToLong(RequestRecord::sentNanos).sorted().toArray();
        long[] ended = result.requests().stream().mapToLong(RequestRecord::endNanos).sorted().toArray();
        int most = 0;
        for (int i = 0; i < sent.length; i++) {
            long moment = sent[i];
            most = Math.max(most, i + 1 - (int) Arrays.stream(ended).filter(end -> end <= moment).count());
        }
        return most;
    }

    private static void respond(HttpExchange exchange, String type, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
