package dev.pigou.engine.http;

import dev.pigou.engine.openai.OpenAiApi;
import dev.pigou.engine.openai.ScriptedEngine;
import dev.pigou.engine.openai.TestModel;
import dev.pigou.engine.openai.TextThreads;
import dev.pigou.engine.ops.ServerMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real server on a free port, in front of a scripted engine. */
final class TestServer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    final ScriptedEngine engine = new ScriptedEngine(TestModel.LIMITS, TestModel.EOS);
    final ServerMetrics metrics = new ServerMetrics(TestModel.NAME, engine::snapshot);
    final HttpServer server;
    private final TextThreads threads = new TextThreads(2, 256);
    private final HttpClient client = HttpClient.newHttpClient();

    TestServer() { this(UnaryOperator.identity()); }

    TestServer(UnaryOperator<HttpConfig> settings) {
        LeakWatch.install();
        engine.say(TestModel.tokens("Hello there, world."));
        OpenAiApi api = new OpenAiApi(engine, TestModel.SERVED, threads, metrics);
        server = HttpServer.start(settings.apply(HttpConfig.listeningOn("127.0.0.1", 0)), api, metrics,
                () -> Optional.ofNullable(engine.broken().getNow(null)));
    }

    int port() { return server.address().getPort(); }

    URI uri(String path) { return URI.create("http://127.0.0.1:" + port() + path); }

    HttpResponse<String> post(String path, String body) {
        return send(HttpRequest.newBuilder(uri(path)).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    HttpResponse<String> get(String path) { return send(HttpRequest.newBuilder(uri(path)).GET().build()); }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A connection without manners. */
    RawClient raw() { return new RawClient(port()); }

    static JsonNode json(HttpResponse<String> response) { return JSON.readTree(response.body()); }

    static JsonNode json(String text) { return JSON.readTree(text); }

    String metricsText() { return new String(metrics.scrape(), StandardCharsets.UTF_8); }

    /** Waits for what must come, however long this machine takes. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for: " + what);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        server.close();
        threads.close();
        engine.close();
        client.close();
        LeakWatch.assertNone();
    }
}
