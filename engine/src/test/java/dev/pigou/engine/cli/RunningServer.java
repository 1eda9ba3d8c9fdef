package dev.pigou.engine.cli;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code pigou serve} starts, in this process on a free port, and OpenAI's own client for it. */
final class RunningServer implements AutoCloseable {
    static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    final ModelServer server;
    final OpenAIClient client;
    private final HttpClient http = HttpClient.newHttpClient();

    private RunningServer(ModelServer server) {
        this.server = server;
        client = OpenAIOkHttpClient.builder().baseUrl(uri("/v1").toString()).apiKey("none").maxRetries(0)
                .build();
    }

    /** What a reference makes of one prompt; end of sequence ignored. */
    @SuppressWarnings("ArrayRecordComponent") // read from a file, never compared
    record Golden(int[] prompt, int[] ids) {
        List<Long> promptIds() { return Arrays.stream(prompt).asLongStream().boxed().toList(); }
    }

    static List<Golden> golden(String model) {
        return List.of(JSON.readValue(GOLDEN.resolve(model).resolve("golden.json"), Golden[].class));
    }

    /** Serves in float32 on the CPU, with further flags. */
    static RunningServer serve(Path model, String... flags) {
        List<String> arguments = new ArrayList<>(
                List.of("--model", model.toString(), "--port", "0", "--device", "cpu", "--dtype", "float32"));
        arguments.addAll(List.of(flags));
        var serve = new ServeCommand();
        new CommandLine(serve).parseArgs(arguments.toArray(String[]::new));
        return new RunningServer(serve.start());
    }

    /** Serves what a configuration file names and further flags; whoever calls closes it. */
    static ModelServer configured(Path file, String... flags) {
        var serve = new ServeCommand();
        var line = new CommandLine(serve);
        line.setDefaultValueProvider(LayeredSettings.of(Map.of(), file, line.getCommandSpec()));
        line.parseArgs(flags);
        return serve.start();
    }

    /** A model so small, with a context so long, that an answer can take as long as a test likes. */
    static Path patientModel(Path folder) {
        Invocation run = Invocation.of("synth", folder.toString(), "--layers", "1", "--hidden-size", "64",
                "--heads", "2", "--kv-heads", "1", "--intermediate-size", "64", "--vocab-size", "512",
                "--max-position-embeddings", "32768");
        if (run.exit() != 0) {
            throw new AssertionError(run.err());
        }
        return folder;
    }

    URI uri(String path) { return URI.create("http://127.0.0.1:" + server.address().getPort() + path); }

    HttpResponse<String> post(String path, String body) {
        return send(
                HttpRequest.newBuilder(uri(path)).header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode json(String path, String body) {
        HttpResponse<String> response = post(path, body);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /** The lines of an answer as they come; closing the stream hangs up. */
    Stream<String> stream(String path, String body) {
        return send(
                HttpRequest.newBuilder(uri(path)).header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofLines()).body();
    }

    /** The value of a metric of this model. */
    double metric(String name) {
        String text = send(HttpRequest.newBuilder(uri("/metrics")).GET().build(),
                HttpResponse.BodyHandlers.ofString()).body();
        return text.lines().filter(line -> line.startsWith(name + "{"))
                .map(line -> line.substring(line.lastIndexOf(' '))).mapToDouble(Double::parseDouble)
                .findFirst().orElseThrow(() -> new AssertionError("no metric " + name + " in\n" + text));
    }

    void awaitMetric(String name, double value) { await(name + " is " + value, () -> metric(name) == value); }

    /** Waits for what must come, however long this machine takes. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for: " + what);
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.close();
        http.shutdownNow();
        server.close();
    }
}
