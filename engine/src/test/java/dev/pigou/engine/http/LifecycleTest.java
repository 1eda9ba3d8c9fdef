package dev.pigou.engine.http;

import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LifecycleTest {
    private static final String STREAM = "{\"prompt\":\"a\",\"stream\":true}";

    @Test
    void aTakenPortIsOneClearLine() {
        try (TestServer first = new TestServer()) {
            assertThatThrownBy(
                    () -> new TestServer(config -> HttpConfig.listeningOn("127.0.0.1", first.port())))
                    .isInstanceOf(ListenException.class)
                    .hasMessage("Cannot listen on 127.0.0.1:" + first.port()
                            + ": the port is taken. Stop what uses it, or choose another with --port.");
        }
    }

    @Test
    void anAddressThatIsNotOursIsOneClearLine() {
        assertThatThrownBy(() -> new TestServer(config -> HttpConfig.listeningOn("192.0.2.1", 0)))
                .isInstanceOf(ListenException.class).hasMessageContaining("Check --host.");
    }

    @Test
    void drainingLetsStreamsEndAndTurnsNewRequestsAway() throws InterruptedException {
        try (TestServer server = new TestServer();
                RawClient stream = server.raw();
                RawClient other = server.raw()) {
            assertThat(other.post("/tokenize", "{\"prompt\":\"a\"}").readAnswer())
                    .startsWith("HTTP/1.1 200 ");
            server.engine.hold();
            stream.post("/v1/completions", STREAM);
            TestServer.await("the stream runs", () -> server.engine.live() == 1);

            server.server.stopAccepting();
            assertThat(other.post("/tokenize", "{\"prompt\":\"a\"}").readAnswer()).startsWith("HTTP/1.1 503 ")
                    .contains("retry-after: ", "shutting_down");
            assertThat(server.server.awaitIdle(Duration.ofMillis(10))).as("the stream is not over").isFalse();

            server.engine.letGo();
            assertThat(stream.readUntil("[DONE]\n\n")).contains("\"finish_reason\":\"stop\"");
            assertThat(server.server.awaitIdle(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void connectionsBeyondTheLimitAreCutOff() {
        try (TestServer server = new TestServer(config -> config.withMaxConnections(1));
                RawClient first = server.raw()) {
            assertThat(first.send("GET /ping HTTP/1.1\r\nHost: t\r\n\r\n").readAnswer())
                    .startsWith("HTTP/1.1 200 ");
            try (RawClient second = server.raw()) {
                assertThat(second.readAll()).isEmpty();
            }
            assertThat(first.send("GET /ping HTTP/1.1\r\nHost: t\r\n\r\n").readAnswer())
                    .startsWith("HTTP/1.1 200 ");
        }
    }
}
