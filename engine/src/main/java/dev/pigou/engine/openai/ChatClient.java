package dev.pigou.engine.openai;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One conversation with an OpenAI-compatible server, streamed. It keeps the turns so far and sends them with each new
 * one. Used by one thread at a time.
 */
public final class ChatClient {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String EVENT = "data:";
    private static final String LAST_EVENT = "[DONE]";

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10)).build();
    private final URI endpoint;
    private final Map<String, String> headers = new HashMap<>();
    private final Map<String, Object> parameters;
    private final List<Map<String, String>> turns = new ArrayList<>();

    /**
     * A conversation without turns.
     *
     * @param baseUrl up to and without {@code /chat/completions}
     *     (an {@link IllegalArgumentException} if it is no http or https address)
     * @param apiKey empty sends none
     * @param parameters further fields of each request, such as {@code model} or {@code temperature}
     */
    public ChatClient(String baseUrl, String apiKey, Map<String, Object> parameters) {
        if (!baseUrl.matches("https?://[^\\s/].*") || baseUrl.matches(".*\\s.*")) {
            throw new IllegalArgumentException(
                    "'" + baseUrl + "' is no address of a server; write it as http://127.0.0.1:8000/v1");
        }
        endpoint = URI.create(baseUrl.replaceFirst("/+$", "") + "/chat/completions");
        this.parameters = Map.copyOf(parameters);
        headers.put("Content-Type", "application/json");
        if (!apiKey.isEmpty()) {
            headers.put("Authorization", "Bearer " + apiKey);
        }
    }

    /** Forgets every turn. */
    public void reset() { turns.clear(); }

    /** Sets what the server's model is told before the first turn. */
    public void system(String instruction) {
        turns.add(Map.of("role", "system", "content", instruction));
    }

    /**
     * Sends one message and hands each piece of the answer on as it comes. After a failure the message is not part of
     * the conversation.
     *
     * @throws IOException with one line for the user if the server cannot be reached or refuses
     */
    public void say(String message, Consumer<String> onText) throws IOException, InterruptedException {
        turns.add(Map.of("role", "user", "content", message));
        try {
            turns.add(Map.of("role", "assistant", "content", stream(onText)));
        } catch (IOException | InterruptedException | RuntimeException e) {
            turns.removeLast();
            throw e;
        }
    }

    private String stream(Consumer<String> onText) throws IOException, InterruptedException {
        var body = new HashMap<String, Object>(parameters);
        body.put("messages", turns);
        body.put("stream", true);
        var request = HttpRequest.newBuilder(endpoint)
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        headers.forEach(request::header);
        HttpResponse<Stream<String>> response = send(request.build());
        var answer = new StringBuilder();
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(refusal(response.statusCode(), String.join("\n", lines.toList())));
            }
            for (String line : (Iterable<String>) lines::iterator) {
                String text = text(line);
                answer.append(text);
                onText.accept(text);
            }
        } catch (UncheckedIOException e) {
            throw new IOException("the server broke off in the middle of its answer", e);
        } catch (JacksonException e) {
            throw new IOException(endpoint + " did not answer as an OpenAI server: " + e.getOriginalMessage(),
                    e);
        }
        return answer.toString();
    }

    private HttpResponse<Stream<String>> send(HttpRequest request) throws IOException, InterruptedException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofLines());
        } catch (ConnectException e) {
            throw new IOException("no server answers at " + endpoint + "; start one with pigou serve", e);
        } catch (IOException e) {
            throw new IOException(endpoint + " gave no answer: " + e.getMessage(), e);
        }
    }

    private static String text(String line) throws IOException {
        if (!line.startsWith(EVENT)) {
            return "";
        }
        String event = line.substring(EVENT.length()).strip();
        if (event.equals(LAST_EVENT)) {
            return "";
        }
        JsonNode json = JSON.readTree(event);
        if (json.has("error")) {
            throw new IOException(
                    "the server broke off: " + json.path("error").path("message").asString(event));
        }
        return json.path("choices").path(0).path("delta").path("content").asString("");
    }

    private static String refusal(int status, String body) {
        try {
            String message = JSON.readTree(body).path("error").path("message").asString("");
            if (!message.isEmpty()) {
                return "the server refused (" + status + "): " + message;
            }
        } catch (JacksonException e) {
            // Not a JSON answer; show the status alone.
        }
        return "the server refused with status " + status;
    }
}
