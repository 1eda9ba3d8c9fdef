package dev.pigou.engine.http;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Bytes no decent client sends get the right status and the OpenAI error object, and the server lives on. */
class BadRequestTest {
    private static final String CHAT = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private final TestServer server = new TestServer(config -> config.withMaxBodyBytes(10_000));

    @AfterEach
    void liveOn() {
        try (RawClient next = server.raw()) {
            assertThat(next.post("/v1/chat/completions", CHAT).readAnswer()).startsWith("HTTP/1.1 200 ");
        }
        TestServer.await("every request ends", () -> server.engine.live() == 0);
        server.close();
    }

    static Stream<Arguments> refused() {
        String json = "Host: t\r\nContent-Type: application/json\r\n";
        return Stream.of(Arguments.of(400, "\0\1\2\3 nonsense\r\n\r\n"),
                Arguments.of(400, "GET /health\r\nHost: t\r\n\r\n"),
                Arguments.of(400, "GET /health HTTP/1.1\r\n\r\n"),
                Arguments.of(400, "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
                Arguments.of(400, "GET /health HTTP/1.1\r\nHost: t\r\nBad Name: 1\r\n\r\n"),
                Arguments.of(400, "GET /%zz HTTP/1.1\r\nHost: t\r\n\r\n"),
                Arguments.of(505, "GET /health HTTP/2.0\r\nHost: t\r\n\r\n"),
                Arguments.of(431, "GET /health HTTP/1.1\r\nHost: t\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"),
                Arguments.of(431, "GET /health HTTP/1.1\r\nHost: t\r\n" + "X: y\r\n".repeat(5_000) + "\r\n"),
                Arguments.of(414, "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: t\r\n\r\n"),
                Arguments.of(404, "GET /nowhere HTTP/1.1\r\nHost: t\r\n\r\n"),
                Arguments.of(404, "GET /v1/models/gpt-9 HTTP/1.1\r\nHost: t\r\n\r\n"),
                Arguments.of(405, "GET /v1/chat/completions HTTP/1.1\r\nHost: t\r\n\r\n"),
                Arguments.of(405, "POST /health HTTP/1.1\r\n" + json + "Content-Length: 2\r\n\r\n{}"),
                Arguments.of(405, "DELETE /v1/models HTTP/1.1\r\nHost: t\r\n\r\n"),
                Arguments.of(415, "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\n{}"),
                Arguments.of(415,
                        "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\n"
                                + "Content-Length: 2\r\n\r\n{}"),
                Arguments.of(415,
                        "POST /tokenize HTTP/1.1\r\n" + json + "Content-Encoding: gzip\r\n"
                                + "Content-Length: 2\r\n\r\n{}"),
                Arguments.of(413, "POST /tokenize HTTP/1.1\r\n" + json + "Content-Length: 10001\r\n\r\n{"),
                Arguments.of(413,
                        "POST /tokenize HTTP/1.1\r\n" + json + "Content-Length: 10001\r\n"
                                + "Expect: 100-continue\r\n\r\n"),
                Arguments.of(413,
                        "POST /tokenize HTTP/1.1\r\n" + json + "Transfer-Encoding: chunked\r\n\r\n"
                                + ("1000\r\n" + "x".repeat(4096) + "\r\n").repeat(4)),
                Arguments.of(400, "POST /tokenize HTTP/1.1\r\n" + json + "Content-Length: two\r\n\r\n{}"),
                Arguments.of(400, "POST /tokenize HTTP/1.1\r\n" + json + "Content-Length: -2\r\n\r\n{}"),
                Arguments.of(400,
                        "POST /tokenize HTTP/1.1\r\n" + json
                                + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
                Arguments.of(400,
                        "POST /tokenize HTTP/1.1\r\n" + json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
                Arguments.of(400, "POST /tokenize HTTP/1.1\r\n" + json + "Content-Length: 1\r\n\r\n{"),
                Arguments.of(400, "POST /tokenize HTTP/1.1\r\n" + json + "Content-Length: 0\r\n\r\n"),
                Arguments.of(400, "POST /tokenize HTTP/1.1\r\n" + json + "Content-Length: 9000\r\n\r\n"
                        + "{\"a\":" + "[".repeat(8995)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void badBytesGetTheirStatus(int status, String request) {
        try (RawClient client = server.raw()) {
            String answer = client.send(request).readAnswer();
            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            JsonNode error = TestServer.json(answer.substring(answer.indexOf("\r\n\r\n") + 4)).get("error");
            assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
            assertThat(error.get("message").stringValue()).isNotBlank();
            assertThat(error.get("type").stringValue()).isEqualTo("invalid_request_error");
        }
    }

    @Test
    void aWrongMethodIsToldTheRightOne() {
        try (RawClient client = server.raw()) {
            assertThat(client.send("GET /tokenize HTTP/1.1\r\nHost: t\r\n\r\n").readAnswer())
                    .contains("allow: POST, OPTIONS");
            assertThat(client.send("OPTIONS /health HTTP/1.1\r\nHost: t\r\n\r\n").readAnswer())
                    .startsWith("HTTP/1.1 204 ").contains("allow: GET, HEAD, OPTIONS")
                    .doesNotContainIgnoringCase("access-control");
            assertThat(client.send("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n").readAnswer())
                    .startsWith("HTTP/1.1 204 ");
        }
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() {
        try (RawClient client = server.raw()) {
            String head = client.send("HEAD /v1/models HTTP/1.1\r\nHost: t\r\n\r\n").readHead();
            assertThat(head).startsWith("HTTP/1.1 200 ").containsPattern("content-length: [1-9]");
            assertThat(client.send("GET /ping HTTP/1.1\r\nHost: t\r\n\r\n").readAnswer())
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInTheirOrder() {
        try (RawClient client = server.raw()) {
            for (int i = 0; i < 200; i++) {
                client.send("GET /nowhere HTTP/1.1\r\nHost: t\r\nX-Request-Id: n" + i + "\r\n\r\n");
                client.send("POST /tokenize HTTP/1.1\r\nHost: t\r\nX-Request-Id: t" + i
                        + "\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"prompt\":\"a\"}");
            }
            for (int i = 0; i < 200; i++) {
                assertThat(client.readAnswer()).startsWith("HTTP/1.1 404 ")
                        .contains("x-request-id: n" + i + "\r\n");
                assertThat(client.readAnswer()).startsWith("HTTP/1.1 200 ")
                        .contains("x-request-id: t" + i + "\r\n");
            }
        }
    }

    @Test
    void aRefusalDoesNotCostTheConnectionIfTheBodyIsShort() {
        try (RawClient client = server.raw()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.post("/nowhere", "{\"a\":1}").readAnswer()).startsWith("HTTP/1.1 404 ");
            }
            assertThat(client.post("/tokenize", "{\"prompt\":\"a\"}").readAnswer())
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void whoWaitsForLeaveToSendIsGivenIt() {
        try (RawClient client = server.raw()) {
            String head = "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n";
            client.send(head + "Content-Length: 14\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 100 ");
            assertThat(client.send("{\"prompt\":\"a\"}").readAnswer()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aClientOfHttp10GetsAStreamWithoutChunks() {
        try (RawClient client = server.raw()) {
            String body = CHAT.replace("]}", "],\"stream\":true}");
            String answer = client
                    .send("POST /v1/chat/completions HTTP/1.0\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                    .readAll();
            assertThat(answer).contains("connection: close").doesNotContain("transfer-encoding")
                    .contains("\r\n\r\ndata: {").endsWith("data: [DONE]\n\n");
        }
    }
}
