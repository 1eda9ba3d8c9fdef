package dev.pigou.bench.load.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a server about itself, beside the load and over connections of its own. Safe for use by many threads.
 */
public final class ServerQuestions implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);
    private static final Duration READY_POLL = Duration.ofMillis(200);
    private static final String MODELS = "/v1/models";

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIME_LIMIT).build();
    private final Target target;

    public ServerQuestions(Target target) { this.target = target; }

    /**
     * The target with a model: its own, or else the first that the server names.
     *
     * @throws IllegalArgumentException if it has none and the server names none
     */
    public static Target withModel(Target target) throws InterruptedException {
        if (target.model().isPresent()) {
            return target;
        }
        try (var questions = new ServerQuestions(target)) {
            return target.withModel(questions.firstModel());
        }
    }

    /**
     * Waits for a server that is still starting, until it says something of its models or the time is over; what is wrong
     * with it then is for others to find out.
     */
    public static void awaitReady(Target target, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        try (var questions = new ServerQuestions(target)) {
            while (System.nanoTime() < deadline && !questions.isReady()) {
                Thread.sleep(READY_POLL);
            }
        }
    }

    /** A server that loads its model says so with a 503, or does not listen yet. */
    private boolean isReady() throws InterruptedException {
        try {
            return http.send(get(MODELS), HttpResponse.BodyHandlers.discarding())
                    .statusCode() < HttpURLConnection.HTTP_INTERNAL_ERROR;
        } catch (IOException _) {
            return false;
        }
    }

    private String firstModel() throws InterruptedException {
        String url = target.baseUrl().resolve(MODELS).toString();
        try {
            HttpResponse<byte[]> response = http.send(get(MODELS), HttpResponse.BodyHandlers.ofByteArray());
            JsonNode name = JSON.readTree(response.body()).path("data").path(0).path("id");
            if (response.statusCode() == 200 && name.isString() && !name.stringValue().isEmpty()) {
                return name.stringValue();
            }
            throw unnamed(url + " says "
                    + (response.statusCode() == 200
                            ? "nothing of a model"
                            : "status " + response.statusCode()));
        } catch (JacksonException _) {
            throw unnamed(url + " does not answer in JSON");
        } catch (IOException e) {
            throw unnamed(url + " cannot be reached (" + why(e) + ")");
        }
    }

    private String why(IOException failure) {
        return switch (failure) {
            case ConnectException unknown when isOfName(unknown) -> "the host's name is not known";
            case HttpTimeoutException _ -> "no answer within " + TIME_LIMIT.toSeconds() + " s";
            case ConnectException refused when refused.getMessage() == null ->
                "nobody listens on " + target.baseUrl().authority();
            default -> Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
        };
    }

    private static boolean isOfName(ConnectException failure) {
        return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(UnresolvedAddressException.class::isInstance);
    }

    private static IllegalArgumentException unnamed(String why) {
        return new IllegalArgumentException(
                why + "; start the server, mend --base-url, or name the model " + "with --model");
    }

    /** What the server answers to a GET of {@code path}; the future fails if it does not answer. */
    public CompletableFuture<HttpResponse<byte[]>> ask(String path) {
        return http.sendAsync(get(path), HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpRequest get(String path) {
        var request = HttpRequest.newBuilder(target.baseUrl().resolve(path)).timeout(TIME_LIMIT);
        target.headers().forEach(request::setHeader);
        target.apiKey().ifPresent(key -> request.setHeader("Authorization", "Bearer " + key));
        return request.build();
    }

    @Override
    public void close() { http.shutdownNow(); }
}
