package dev.pigou.engine.http;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** An answer nobody reads must not go on costing memory and tokens. */
class ClientsThatLeaveTest {
    private static final String ENDLESS = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"stream\":true,"
            + "\"ignore_eos\":true,\"skip_special_tokens\":false,\"logprobs\":true,\"top_logprobs\":5,\"n\":100}";

    private final TestServer server = new TestServer(config -> config.withTimeouts(Duration.ofSeconds(20),
            Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMillis(500)));

    @AfterEach
    void close() {
        server.engine.letGo();
        TestServer.await("every request ends", () -> server.engine.live() == 0);
        try (RawClient next = server.raw()) {
            assertThat(next.post("/tokenize", "{\"prompt\":\"a\"}").readAnswer()).startsWith("HTTP/1.1 200 ");
        }
        server.close();
    }

    @Test
    void leavingInMidStreamCancels() {
        server.engine.hold();
        try (RawClient client = server.raw()) {
            client.post("/v1/chat/completions", ENDLESS);
            server.engine.allow(2);
            client.readUntil("\"role\"");
        }
        TestServer.await("the request is cancelled", () -> server.engine.cancelled() == 1);
    }

    @Test
    void leavingBeforeTheFirstTokenCancels() {
        server.engine.hold();
        try (RawClient client = server.raw()) {
            client.post("/v1/chat/completions", ENDLESS.replace("\"stream\":true", "\"stream\":false"));
            TestServer.await("the request is there", () -> server.engine.live() == 1);
        }
        TestServer.await("the request is cancelled", () -> server.engine.cancelled() == 1);
    }

    @Test
    void leavingCancelsEveryPromptOfTheRequest() {
        server.engine.hold();
        try (RawClient client = server.raw()) {
            client.post("/v1/completions", "{\"prompt\":[\"a\",\"b\",\"c\"]}");
            TestServer.await("the requests are there", () -> server.engine.live() == 3);
        }
        TestServer.await("all are cancelled", () -> server.engine.cancelled() == 3);
    }

    @Test
    void aReaderThatStopsReadingIsCutOff() {
        try (RawClient client = new RawClient(server.port(), 4096)) {
            client.post("/v1/chat/completions", ENDLESS);
            client.readHead();
            TestServer.await("the request is cancelled", () -> server.engine.cancelled() == 1);
        }
        TestServer.await("it is counted",
                () -> server.metricsText().contains("pigou:request_success_total{finished_reason=\"abort\""));
    }

    @Test
    void nothingIsCancelledForThoseWhoReadToTheEnd() {
        try (RawClient client = server.raw()) {
            client.post("/v1/completions", "{\"prompt\":\"a\",\"stream\":true}")
                    .readUntil("[DONE]\n\n\r\n0\r\n\r\n");
        }
        assertThat(server.engine.cancelled()).isZero();
    }
}
