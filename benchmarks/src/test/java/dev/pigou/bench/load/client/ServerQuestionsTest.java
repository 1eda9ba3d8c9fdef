package dev.pigou.bench.load.client;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class ServerQuestionsTest {
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void aServerThatIsStillLoadingIsWaitedForUntilItIsReadyOrTheTimeIsOver() throws Exception {
        HttpServer server = loadingFor(3);
        try {
            Target target = Target.of("http://127.0.0.1:" + server.getAddress().getPort(), Api.COMPLETIONS);
            ServerQuestions.awaitReady(target, Duration.ofMillis(1));
            assertThat(asked).as("given up while it was loading").hasValueLessThan(3);
            ServerQuestions.awaitReady(target, Duration.ofMinutes(1));
            assertThat(asked).hasValue(4);
            ServerQuestions.awaitReady(target, Duration.ZERO);
            assertThat(asked).as("not asked at all").hasValue(4);
        } finally {
            server.stop(0);
        }
    }

    /** Answers 503 so many times, and 200 from then on. */
    private HttpServer loadingFor(int questions) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/models", exchange -> {
            exchange.sendResponseHeaders(asked.getAndIncrement() < questions ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }
}
