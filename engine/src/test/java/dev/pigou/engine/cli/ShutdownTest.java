package dev.pigou.engine.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@code pigou serve} as a process of its own, because a signal ends a process. */
class ShutdownTest {
    private static final int LONG = 3000;
    private static final int ENDLESS = 32_000;
    private static final Pattern READY = Pattern.compile("Ready on http://127\\.0\\.0\\.1:(\\d+): .*");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aTermSignalLetsAStreamEndAndNobodyIn() throws Exception {
        try (var served = new Served(RunningServer.patientModel(folder.resolve("model")), 60)) {
            Iterator<String> lines = served.stream(LONG);
            assertThat(lines.next()).startsWith("data: ");
            served.terminate();
            RunningServer.await("connections are refused", served::refuses);
            assertThat(served.process.isAlive()).as("the stream is still running").isTrue();

            int events = 1;
            String last = "";
            while (lines.hasNext()) {
                String line = lines.next();
                events += line.contains("\"text\"") ? 1 : 0;
                last = line.isEmpty() ? last : line;
            }
            assertThat(last).isEqualTo("data: [DONE]");
            assertThat(events).as("events of a stream that was not cut").isGreaterThan(LONG / 10);
            served.assertEnds();
            assertThat(served.output.lines()).as("said on the way out").isEmpty();
        }
    }

    @Test
    void aStreamThatDoesNotEndInTimeIsCut() throws Exception {
        try (var served = new Served(RunningServer.patientModel(folder.resolve("model")), 1)) {
            Iterator<String> lines = served.stream(ENDLESS);
            assertThat(lines.next()).startsWith("data: ");
            served.terminate();
            assertThatThrownBy(
                    () -> lines.forEachRemaining(line -> assertThat(line).isNotEqualTo("data: [DONE]")))
                    .isInstanceOf(UncheckedIOException.class);
            served.assertEnds();
            assertThat(served.output.lines()).singleElement()
                    .satisfies(line -> assertThat(line).contains("WARN", "still running after 1 s"));
        }
    }

    /** The process, ready to answer. */
    private static final class Served implements AutoCloseable {
        private final HttpClient http = HttpClient.newHttpClient();
        private final Process process;
        private final BufferedReader output;
        private final int port;

        Served(Path model, int shutdownTimeoutSeconds) throws IOException {
            process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m", "--enable-native-access=ALL-UNNAMED", "-cp",
                    System.getProperty("java.class.path"), Main.class.getName(), "serve", "--model",
                    model.toString(), "--port", "0", "--device", "cpu", "--max-num-seqs", "2",
                    "--shutdown-timeout", Integer.toString(shutdownTimeoutSeconds)).redirectErrorStream(true)
                    .start();
            // Whatever ends this test run ends the server with it.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            output = process.inputReader();
            port = awaitReady();
        }

        private int awaitReady() throws IOException {
            var said = new StringBuilder();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                said.append(line).append('\n');
                Matcher ready = READY.matcher(line);
                if (ready.matches()) {
                    assertThat(output.readLine()).startsWith("Kernels: ");
                    assertThat(output.readLine()).startsWith("Try: curl http://127.0.0.1:");
                    assertThat(output.readLine()).contains("\"messages\"");
                    return Integer.parseInt(ready.group(1));
                }
            }
            throw new AssertionError("the server did not get ready:\n" + said);
        }

        Iterator<String> stream(int tokens) throws IOException, InterruptedException {
            String body = "{\"prompt\": [1], \"max_tokens\": " + tokens
                    + ", \"ignore_eos\": true, \"stream\": true, \"return_token_ids\": true}";
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build();
            return http.send(request, HttpResponse.BodyHandlers.ofLines()).body().iterator();
        }

        /** SIGTERM; a process handle leaves the pipes alone. */
        void terminate() {
            assertThat(process.toHandle().destroy()).isTrue();
        }

        boolean refuses() {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return !socket.isConnected();
            } catch (ConnectException e) {
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void assertEnds() throws InterruptedException {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("128 + SIGTERM").isEqualTo(143);
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            output.close();
            http.shutdownNow();
        }
    }
}
