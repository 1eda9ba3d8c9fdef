package dev.pigou.engine.http;

import java.util.concurrent.atomic.AtomicReference;
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

    /**
     * A client that has stopped in the middle of its body, all of which the server has read: another body is too many.
     * If that other one came first, it was this client that was refused, and the next tries.
     */
    private static RawClient halfWay(TestServer server) {
        var holding = new AtomicReference<RawClient>();
        TestServer.await("a body too many is refused", () -> {
            RawClient client = server.raw().send(HEAD + "Content-Length: " + BODY.length() + "\r\n\r\n")
                    .send(BODY.substring(0, BODY.length() - 1));
            boolean refused = whole(server).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
            if (refused) {
                holding.set(client);
            } else {
                client.close();
                TestServer.await("what it had sent is let go",
                        () -> whole(server).startsWith("HTTP/1.1 200 "));
            }
            return refused;
        });
        return holding.get();
    }

    private static String whole(TestServer server) {
        try (RawClient client = server.raw()) {
            return client.post("/tokenize", BODY).readAnswer();
        }
    }

    @Test
    void oneBodyTooManyIsRefusedUntilAnotherIsRead() {
        try (TestServer server = server(); RawClient first = halfWay(server)) {
            assertThat(whole(server)).contains("retry-after: 1\r\n", "\"code\":\"overloaded\"",
                    "connection: close");
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
