package dev.pigou.engine.http;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever sends a byte now and then must not hold a connection for good. */
class SlowClientTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestServer server = new TestServer(config -> config.withTimeouts(SHORT, SHORT, LONG, LONG));

    @AfterEach
    void close() { server.close(); }

    @Test
    void headersThatNeverEndTimeOut() {
        try (RawClient client = server.raw()) {
            assertThat(client.send("GET /health HTTP/1.1\r\nHost: t\r\nX-Slow: ").readAll())
                    .startsWith("HTTP/1.1 408 ").contains("request_timeout");
        }
    }

    @Test
    void soDoesABodyThatNeverEnds() {
        try (RawClient client = server.raw()) {
            assertThat(client.send("POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 100\r\n\r\n{").readAll()).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() {
        try (RawClient client = server.raw()) {
            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void anIdleConnectionIsClosedOnceItHasHadItsAnswer() {
        try (TestServer idle = new TestServer(config -> config.withTimeouts(LONG, LONG, SHORT, LONG));
                RawClient client = idle.raw()) {
            assertThat(client.send("GET /ping HTTP/1.1\r\nHost: t\r\n\r\n").readAnswer())
                    .startsWith("HTTP/1.1 200 ");
            assertThat(client.readAll()).isEmpty();
        }
    }
}
