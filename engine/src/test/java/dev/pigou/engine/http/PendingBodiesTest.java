package dev.pigou.engine.http;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Many long bodies at once must not fill the heap. */
class PendingBodiesTest {
    private static final String HEAD = "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n";
    /** Longer than half of what the server may hold, and of room for a few words. */
    private static final String BODY = "{\"prompt\":\"" + "a ".repeat(30_000) + "\"}";

    private static TestServer server() {
        return new TestServer(config -> config.withMaxPendingBodyBytes(100_000));
    }

    /** A client that has stopped in the middle of its body, all of which the server has read. */
    private static RawClient halfWay(TestServer server) {
        RawClient client = server.raw().send(HEAD + "Content-Length: " + BODY.length() + "\r\n\r\n")
                .send(BODY.substring(0, BODY.length() - 1));
        TestServer.await("its body is read", () -> server.server.pendingBodyBytes() == BODY.length() - 1);
        return client;
    }

    private static String whole(TestServer server) {
        try (RawClient client = server.raw()) {
            return client.post("/tokenize", BODY).readAnswer();
        }
    }

    @Test
    void oneBodyTooManyIsRefusedUntilAnotherIsRead() {
        try (TestServer server = server(); RawClient first = halfWay(server)) {
            assertThat(whole(server)).contains("503 Service Unavailable", "retry-after: 1\r\n",
                    "\"code\":\"overloaded\"", "connection: close");
            assertThat(server.get("/health").statusCode()).isEqualTo(200);

            assertThat(first.send("}").readAnswer()).startsWith("HTTP/1.1 200 ");
            assertThat(whole(server)).startsWith("HTTP/1.1 200 ");
            assertThat(whole(server)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aClientThatLeavesGivesBackWhatItsBodyTook() {
        try (TestServer server = server()) {
            try (RawClient first = halfWay(server)) {
                assertThat(whole(server)).startsWith("HTTP/1.1 503 ");
                first.endOfInput();
            }
            TestServer.await("its share is back", () -> whole(server).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aRunningStreamHoldsNoBody() {
        String prompt = "{\"stream\":true,\"prompt\":\"a\",\"user\":\"" + "x".repeat(60_000) + "\"}";
        try (TestServer server = server(); RawClient stream = server.raw()) {
            server.engine.hold();
            stream.post("/v1/completions", prompt);
            TestServer.await("the stream runs", () -> server.engine.live() == 1);
            assertThat(whole(server)).startsWith("HTTP/1.1 200 ");
            server.engine.letGo();
            assertThat(stream.readUntil("[DONE]\n\n")).contains("\"finish_reason\":\"stop\"");
        }
    }
}
