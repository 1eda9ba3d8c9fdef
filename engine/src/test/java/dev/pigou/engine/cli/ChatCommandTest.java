package dev.pigou.engine.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The terminal chat, against a server that says what the test wants. */
class ChatCommandTest {
    private static final String HELLO = chunk("Hel") + chunk("lo") + "data: [DONE]\n\n";

    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final InputStream terminal = System.in;
    private final HttpServer server;
    private int status = 200;
    private String answer = HELLO;
    private long announcedBytes;

    ChatCommandTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", exchange -> {
            requests.add(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
            keys.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, announcedBytes);
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().flush();
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        System.setIn(terminal);
    }

    private static String chunk(String text) {
        return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n";
    }

    private String url() { return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1"; }

    private Invocation chat(String... further) {
        var arguments = new ArrayList<>(List.of("chat", "--url", url()));
        arguments.addAll(List.of(further));
        return Invocation.of(arguments.toArray(String[]::new));
    }

    private Invocation typed(String lines) {
        System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
        return chat();
    }

    private static Invocation failed(String message) {
        return new Invocation(1, "", "pigou: " + message + "\n");
    }

    @Test
    void oneMessageIsAnsweredAndThatIsAll() {
        assertThat(chat("--model", "m", "--temperature", "0.5", "--max-tokens", "7", "--api-key", "sesame",
                "--system-prompt", "Be brief.", "@Anna says hi")).isEqualTo(new Invocation(0, "Hello\n", ""));
        JsonNode request = requests.getFirst();
        assertThat(request.path("model").asString()).isEqualTo("m");
        assertThat(request.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(request.path("max_tokens").asInt()).isEqualTo(7);
        assertThat(request.path("stream").asBoolean()).isTrue();
        assertThat(request.at("/messages/0/role").asString()).isEqualTo("system");
        assertThat(request.at("/messages/0/content").asString()).isEqualTo("Be brief.");
        assertThat(request.at("/messages/1/role").asString()).isEqualTo("user");
        assertThat(request.at("/messages/1/content").asString()).isEqualTo("@Anna says hi");
        assertThat(keys).containsExactly("Bearer sesame");
    }

    @Test
    void aConversationGoesOnUntilItIsForgotten() {
        Invocation run = typed("One\n\n  \nTwo\n/reset\nThree\n/exit\nFour\n");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).isEqualTo("Hello\nHello\nHello\n");
        assertThat(requests).extracting(request -> request.path("messages").size()).containsExactly(1, 3, 1);
        assertThat(requests.get(1).at("/messages/1/content").asString()).isEqualTo("Hello");
    }

    @Test
    void theEndOfInputLeaves() { assertThat(typed("One\n").exit()).isZero(); }

    @Test
    void aTurnThatFailedIsNotPartOfTheConversation() {
        status = 503;
        answer = "{\"error\": {\"message\": \"Not now.\"}}";
        Invocation run = typed("One\nTwo\n");
        assertThat(run.exit()).isZero();
        assertThat(run.err()).contains("pigou: the server refused (503): Not now.");
        assertThat(requests).extracting(request -> request.path("messages").size()).containsExactly(1, 1);
    }

    @Test
    void refusalsAreOneLine() {
        status = 401;
        answer = "{\"error\": {\"message\": \"A key, please.\"}}";
        assertThat(chat("Hi")).isEqualTo(failed("the server refused (401): A key, please."));
        answer = "<html>no</html>";
        assertThat(chat("Hi")).isEqualTo(failed("the server refused with status 401"));
    }

    @Test
    void anErrorInTheMiddleOfAStreamIsTold() {
        answer = chunk("Hel") + "data: {\"error\":{\"message\":\"The device is gone.\"}}\n\ndata: [DONE]\n\n";
        Invocation run = chat("Hi");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).startsWith("Hel");
        assertThat(run.err()).isEqualTo("pigou: the server broke off: The device is gone.\n");
    }

    @Test
    void aConnectionThatBreaksInTheMiddleIsTold() {
        announcedBytes = HELLO.length() + 1000L;
        Invocation run = chat("Hi");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("pigou: the server broke off in the middle of its answer\n");
    }

    @Test
    void anAnswerThatIsNoOpenAiServersIsTold() {
        answer = "data: hello\n\n";
        Invocation run = chat("Hi");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("did not answer as an OpenAI server").hasLineCount(1);
    }

    @Test
    void noServerIsToldWithHowToStartOne() {
        server.stop(0);
        Invocation run = chat("Hi");
        assertThat(run).isEqualTo(
                failed("no server answers at " + url() + "/chat/completions; start one with pigou serve"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8000/v1", "ftp://host/v1", "http://", "http://a b/v1", ""})
    void anAddressThatIsNoneIsToldHowToWriteIt(String address) {
        Invocation run = Invocation.of("chat", "--url", address, "Hi");
        assertThat(run.err()).startsWith("pigou: '" + address + "' is no address").hasLineCount(1);
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void variablesSayWhereTheServerIs() {
        Invocation run = Invocation.of(Map.of("PIGOU_BASE_URL", url(), "PIGOU_API_KEY", "sesame"), "chat",
                "Hi");
        assertThat(run).isEqualTo(new Invocation(0, "Hello\n", ""));
        assertThat(keys).containsExactly("Bearer sesame");
    }
}
