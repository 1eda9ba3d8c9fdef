package dev.pigou.bench.load;

import dev.pigou.bench.load.client.Api;
import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.stub.StubConfig;
import dev.pigou.bench.load.stub.StubFault;
import dev.pigou.bench.load.stub.StubServer;
import dev.pigou.bench.load.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every way in which a server can fail, and that each is told from the others. */
final class FailureTest {
    private static final RunOptions NO_WARMUP = new RunOptions(OptionalInt.empty(), 0, 1);
    private static final int TOKENS = 10;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "DIES_MID_STREAM      | CONNECTION_LOST    | 200 | 5 | the server closed the connection",
            "CLOSES_AFTER_HEADERS | CONNECTION_LOST    | 200 | 0 | the server closed the connection",
            "MALFORMED_STREAM     | MALFORMED_STREAM   | 200 | 5 | an event that is not JSON",
            "ERROR_EVENT          | ERROR_EVENT        | 200 | 5 | the stub has had enough",
            "WRONG_CONTENT_TYPE   | WRONG_CONTENT_TYPE | 200 | 0 | text/html instead of text/event-stream",
            "REFUSES              | REFUSED            | 429 | 0 | 429: the stub is overloaded",
            "SERVER_ERROR         | HTTP_ERROR         | 500 | 0 | 500: the stub has failed",
            "NEVER_ANSWERS        | TIMED_OUT          | 0   | 0 | no whole answer within 0.3 s"})
    void eachFaultIsKnownByItsKind(StubFault fault, Failure.Kind kind, int status, int tokens, String detail)
            throws InterruptedException {
        try (StubServer stub = StubServer.start(StubConfig.instant().withFault(fault))) {
            for (Api api : Api.values()) {
                Target target = Target.of(stub.baseUrl(), api);
                if (fault == StubFault.NEVER_ANSWERS) {
                    target = target.withTimeLimit(Duration.ofMillis(300));
                }
                RunResult result = run(target, Workloads.open(3, 100, TOKENS));
                assertThat(result.requests()).hasSize(3).allSatisfy(record -> {
                    Failure failure = record.failure().orElseThrow();
                    assertThat(failure.kind()).isEqualTo(kind);
                    assertThat(failure.httpStatus()).isEqualTo(status);
                    assertThat(failure.detail()).contains(detail);
                    assertThat(record.outputTokens()).isEqualTo(tokens);
                    assertThat(record.retryAfterSeconds().isPresent())
                            .isEqualTo(kind == Failure.Kind.REFUSED);
                });
                assertThat(result.broken()).isEmpty();
            }
        }
    }

    @Test
    void anAnswerThatIsNotStreamedIsOneChunk() throws InterruptedException {
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            Target streamed = Target.of(stub.baseUrl(), Api.CHAT);
            var target = new Target("t", streamed.baseUrl(), Api.CHAT, Api.CHAT.path(), streamed.model(),
                    streamed.apiKey(), streamed.headers(), streamed.ignoreEos(), streamed.temperature(),
                    Map.of("stream", false), streamed.timeLimit());
            RequestRecord record = run(target, Workloads.open(1, 1, TOKENS)).requests().getFirst();
            assertThat(record.completed()).isTrue();
            assertThat(record.outputTokens()).isEqualTo(TOKENS);
            assertThat(record.gapsNanos()).isEmpty();
            assertThat(record.firstTokenNanos()).isPositive();
        }
    }

    @Test
    void aRunWhoseServerIsGoneEndsAndSaysSo() throws InterruptedException, IOException {
        Target target = Target.of("http://127.0.0.1:" + freePort(), Api.COMPLETIONS);
        assertThatThrownBy(() -> run(target, Workloads.open(1, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("--base-url");
        RunResult result = run(target.withModel("m"), Workloads.open(100_000, 1000, 1));
        assertThat(result.broken())
                .hasValueSatisfying(why -> assertThat(why).contains("gone", "nobody listens"));
        assertThat(result.requests()).hasSizeBetween(20, 50_000)
                .allMatch(record -> record.failure().orElseThrow().kind() == Failure.Kind.NOT_CONNECTED);
        RunResult unwarmed = new LoadRun(target.withModel("m"), RunOptions.DEFAULTS, new StopSignal())
                .run(Workloads.open(100, 1, 1), _ -> {});
        assertThat(unwarmed.broken()).hasValueSatisfying(why -> assertThat(why).contains("warm-up"));
    }

    @Test
    void aServerThatDiesInTheMiddleLeavesWhatCameBefore() throws InterruptedException {
        StubServer stub = StubServer.start(StubConfig.instant());
        Target target = Target.of(stub.baseUrl(), Api.COMPLETIONS);
        RunResult result = new LoadRun(target, NO_WARMUP, new StopSignal())
                .run(Workloads.open(20_000, 200, 2), progress -> {
                    if (progress.done() > 50) {
                        stub.close();
                    }
                });
        assertThat(result.broken()).isPresent();
        assertThat(result.requests()).hasSizeLessThan(20_000).filteredOn(RequestRecord::completed)
                .hasSizeGreaterThan(50);
    }

    @Test
    void aStoppedRunKeepsWhatItHas() throws InterruptedException {
        var stop = new StopSignal();
        try (StubServer stub = StubServer
                .start(StubConfig.instant().withPace(Duration.ofMillis(100), Duration.ofMillis(100)))) {
            RunResult result = new LoadRun(Target.of(stub.baseUrl(), Api.COMPLETIONS), NO_WARMUP, stop)
                    .run(Workloads.open(100_000, 100, 5), progress -> {
                        if (progress.done() > 10) {
                            stop.stop("interrupted");
                        }
                    });
            assertThat(result.broken()).hasValueSatisfying(
                    why -> assertThat(why).matches("interrupted with [1-9]\\d* requests in flight"));
            assertThat(result.requests()).hasSizeGreaterThan(10).allMatch(RequestRecord::completed);
        }
    }

    private static RunResult run(Target target, Workload workload) throws InterruptedException {
        return new LoadRun(target, NO_WARMUP, new StopSignal()).run(workload, _ -> {});
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
