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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code pigou serve} as a process of its own on a free port, ready to answer, because a signal ends a process. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("Ready on http://127\\.0\\.0\\.1:(\\d+): .*");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final BufferedReader output;
    private final int port;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        // Whatever ends this test run ends the server with it.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        output = process.inputReader();
        port = awaitReady();
    }

    /** Serves on the CPU, with further flags. */
    static ServerProcess start(Path model, String... flags) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                        Main.class.getName(), "serve", "--model", model.toString(), "--port", "0", "--device",
                        "cpu"));
        command.addAll(List.of(flags));
        return new ServerProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private int awaitReady() throws IOException {
        var said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            Matcher ready = READY.matcher(line);
            if (ready.matches()) {
                assertThat(output.readLine()).startsWith("Kernels: ");
                assertThat(output.readLine()).startsWith("Try: curl http://127.0.0.1:");
                String last = String.valueOf(output.readLine());
                while (!last.contains("\"messages\"")) { // with keys there is a line for one
                    last = String.valueOf(output.readLine());
                }
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new AssertionError("the server did not get ready:\n" + said);
    }

    HttpRequest request(String path, String key, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("content-type", "application/json").header("authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    <T> T send(String path, String key, String body, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        return http.send(request(path, key, body), handler).body();
    }

    /** Nobody waits for the answer. */
    void sendOnly(String path, String key, String body) {
        var _ = http.sendAsync(request(path, key, body), HttpResponse.BodyHandlers.discarding());
    }

    boolean isAlive() { return process.isAlive(); }

    /** What it says from now on, until it has ended. */
    Stream<String> outputToItsEnd() {
        return output.lines();
    }

    /** SIGTERM; a process handle leaves the pipes alone. */
    void terminate() {
        assertThat(process.toHandle().destroy()).isTrue();
    }

    /** SIGKILL. */
    void kill() { assertThat(process.toHandle().destroyForcibly()).isTrue(); }

    boolean refuses() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It ends soon, with that status. */
    void assertExit(int status) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(status);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
        http.shutdownNow();
    }
}
