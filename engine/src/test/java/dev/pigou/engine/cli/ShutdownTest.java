package dev.pigou.engine.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Iterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@code pigou serve} as a process of its own, because a signal ends a process. */
class ShutdownTest {
    private static final int LONG = 3000;
    private static final int ENDLESS = 32_000;

    @TempDir
    private Path folder = Path.of("");

    private ServerProcess serve(int shutdownTimeoutSeconds) throws IOException {
        return ServerProcess.start(RunningServer.patientModel(folder.resolve("model")), "--max-num-seqs", "2",
                "--shutdown-timeout", Integer.toString(shutdownTimeoutSeconds));
    }

    private static Iterator<String> stream(ServerProcess server, int tokens)
            throws IOException, InterruptedException {
        return server.send("/v1/completions", "",
                "{\"prompt\": [1], \"max_tokens\": " + tokens
                        + ", \"ignore_eos\": true, \"stream\": true, \"return_token_ids\": true}",
                HttpResponse.BodyHandlers.ofLines()).iterator();
    }

    @Test
    void aTermSignalLetsAStreamEndAndNobodyIn() throws Exception {
        try (ServerProcess served = serve(60)) {
            Iterator<String> lines = stream(served, LONG);
            assertThat(lines.next()).startsWith("data: ");
            served.terminate();
            RunningServer.await("connections are refused", served::refuses);
            assertThat(served.isAlive()).as("the stream is still running").isTrue();

            int events = 1;
            String last = "";
            while (lines.hasNext()) {
                String line = lines.next();
                events += line.contains("\"text\"") ? 1 : 0;
                last = line.isEmpty() ? last : line;
            }
            assertThat(last).isEqualTo("data: [DONE]");
            assertThat(events).as("events of a stream that was not cut").isGreaterThan(LONG / 10);
            served.assertExit(143); // 128 + SIGTERM
            assertThat(served.outputToItsEnd()).as("said on the way out").isEmpty();
        }
    }

    @Test
    void aStreamThatDoesNotEndInTimeIsCut() throws Exception {
        try (ServerProcess served = serve(1)) {
            Iterator<String> lines = stream(served, ENDLESS);
            assertThat(lines.next()).startsWith("data: ");
            served.terminate();
            assertThatThrownBy(
                    () -> lines.forEachRemaining(line -> assertThat(line).isNotEqualTo("data: [DONE]")))
                    .isInstanceOf(UncheckedIOException.class);
            served.assertExit(143); // 128 + SIGTERM
            assertThat(served.outputToItsEnd()).singleElement()
                    .satisfies(line -> assertThat(line).contains("WARN", "still running after 1 s"));
        }
    }
}
