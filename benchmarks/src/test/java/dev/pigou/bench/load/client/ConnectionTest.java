package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.workload.ClientBehaviour;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The client against servers that say exactly what a test wants, and close when it wants. */
final class ConnectionTest {
    private static final String EVENTS = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";
    private static final String TOKEN = "data: {\"choices\":[{\"text\":\"a\"}]}\n\n";
    private static final String END = "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\n";
    private static final String DONE = "data: [DONE]\n\n";

    @Test
    void aKeptConnectionThatWasClosedMeanwhileIsNoFailure() throws Exception {
        String body = TOKEN + END + DONE;
        String kept = EVENTS + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        List<RequestRecord> records = exchange(3, kept);
        assertThat(records).hasSize(3).allMatch(RequestRecord::completed);
    }

    @Test
    void aBodyMayEndWithItsConnectionIfTheAnswerIsWhole() throws Exception {
        for (String last : List.of(END, DONE, END + DONE, END.strip())) {
            RequestRecord record = exchange(1, EVENTS + "\r\n" + TOKEN + TOKEN + last).getFirst();
            assertThat(record.completed()).as(last).isTrue();
            assertThat(record.outputTokens()).isEqualTo(2);
        }
    }

    @Test
    void aBodyThatEndsTooEarlyIsALostConnection() throws Exception {
        for (String head : List.of(EVENTS + "\r\n", EVENTS + "Content-Length: 9999\r\n\r\n")) {
            RequestRecord record = exchange(1, head + TOKEN + TOKEN).getFirst();
            assertThat(record.failure()).hasValueSatisfying(
                    why -> assertThat(why.kind()).isEqualTo(Failure.Kind.CONNECTION_LOST));
            assertThat(record.outputTokens()).as("what came is kept").isEqualTo(2);
        }
    }

    @Test
    void whatIsNoHttpIsMalformed() throws Exception {
        assertThat(exchange(1, "SSH-2.0-OpenSSH_9.9\r\n\r\n").getFirst().failure())
                .hasValueSatisfying(why -> {
                    assertThat(why.kind()).isEqualTo(Failure.Kind.MALFORMED_STREAM);
                    assertThat(why.detail()).contains("no HTTP");
                });
    }

    /** Sends requests one after the other to a server that says the same to the first on each connection, and closes. */
    private static List<RequestRecord> exchange(int requests, String response) throws Exception {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> serve(server, response));
            Target target = Target.of("http://127.0.0.1:" + server.getLocalPort(), Api.COMPLETIONS)
                    .withTimeLimit(Duration.ofSeconds(60));
            try (LoadClient client = LoadClient.open(target, 1)) {
                List<RequestRecord> records = new ArrayList<>();
                for (int i = 0; i < requests; i++) {
                    var ended = new CompletableFuture<RequestRecord>();
                    client.send(
                            new Ask(i, 0, "all", Optional.empty(), "{}".getBytes(StandardCharsets.US_ASCII),
                                    1, ClientBehaviour.PATIENT, false),
                            new RunClock(System.nanoTime()), OptionalLong.empty(),
                            (record, _, _) -> ended.complete(record));
                    records.add(ended.get(60, TimeUnit.SECONDS));
                }
                return records;
            }
        }
    }

    private static void serve(ServerSocket server, String response) {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    readRequest(socket);
                    socket.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
                    if (response.contains("[DONE]") && response.contains("Content-Length")) {
                        readRequest(socket); // and closes without an answer
                    }
                }
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void readRequest(Socket socket) throws IOException {
        var request = new StringBuilder();
        while (!request.toString().endsWith("{}")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                return;
            }
            request.append((char) next);
        }
    }
}
