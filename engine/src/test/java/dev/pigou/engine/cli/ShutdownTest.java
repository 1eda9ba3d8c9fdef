package dev.pigou.engine.cli;

import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code pigou serve} as a process of its own, because a signal ends a process. */
class ShutdownTest {
    private static final int TOKENS = 3000;
    private static final Pattern READY = Pattern.compile("Ready on http://127\\.0\\.0\\.1:(\\d+): .*");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aTermSignalLetsAStreamEndAndNobodyIn() throws Exception {
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(), "serve", "--model",
                RunningServer.patientModel(folder.resolve("model")).toString(),
                "--port", "0", "--device", "cpu", "--shutdown-timeout", "60").redirectErrorStream(true)
                .start();
        try (BufferedReader output = process.inputReader(); HttpClient http = HttpClient.newHttpClient()) {
            int port = awaitReady(output);
            Iterator<String> lines = stream(http, port).iterator();
            assertThat(lines.next()).startsWith("data: ");

            process.toHandle().destroy(); // SIGTERM, and a process handle leaves the pipes alone
            RunningServer.await("connections are refused", () -> refuses(port));
            assertThat(process.isAlive()).as("the stream is still running").isTrue();

            int events = 1;
            String last = "";
            while (lines.hasNext()) {
                String line = lines.next();
                events += line.contains("\"text\"") ? 1 : 0;
                last = line.isEmpty() ? last : line;
            }
            assertThat(last).isEqualTo("data: [DONE]");
            assertThat(events).as("events of a stream that was not cut").isGreaterThan(TOKENS / 10);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("128 + SIGTERM").isEqualTo(143);
            assertThat(output.lines()).as("said on the way out").isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    private static int awaitReady(BufferedReader output) throws IOException {
        var said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                assertThat(output.readLine()).startsWith("Try: curl http://127.0.0.1:");
                assertThat(output.readLine()).contains("\"messages\"");
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new AssertionError("the server did not get ready:\n" + said);
    }

    private static Stream<String> stream(HttpClient http, int port) throws IOException, InterruptedException {
        String body = "{\"prompt\": [1], \"max_tokens\": " + TOKENS
                + ", \"ignore_eos\": true, \"stream\": true, \"return_token_ids\": true}";
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
                .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofLines()).body();
    }

    private static boolean refuses(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
