package dev.pigou.engine.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a client sends, it is never the server's fault, and the next client is served. */
class FuzzTest {
    private static final long SEED = 20261124;
    private static final int ROUNDS = 3000;
    private static final String[] SEEDS = {
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}],\"temperature\":0.5,"
                    + "\"logit_bias\":{\"5\":1},\"stop\":[\"a\",\"b\"],\"stream_options\":null,\"logprobs\":true,"
                    + "\"top_logprobs\":2,\"max_tokens\":5,\"n\":2,\"seed\":7}",
            "{\"prompt\":[[1,2],[3]],\"max_tokens\":4,\"logprobs\":1,\"echo\":true,\"stop_token_ids\":[1,2]}",
            "{\"prompt\":\"a\\ud83d\\ude00b\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\"}],"
                    + "\"add_generation_prompt\":false,\"continue_final_message\":true}"};
    private static final String[] WORDS = {"null", "true", "-1", "1e999", "99999999999999999999", "\"\"",
            "[]", "{}", "\"\\ud800\"", "0.5", "[[", "}", ",", ":", "\"model\":\"x\",", "2147483647", "-0",
            "\"n\":129,", "[[[]]]"};
    private static final String[] PATHS = {"/v1/chat/completions", "/v1/completions", "/tokenize",
            "/detokenize"};

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final TestServer server = new TestServer(config -> config.withTimeouts(Duration.ofSeconds(2),
            Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(20)));

    @AfterEach
    void close() {
        TestServer.await("every request ends", () -> server.engine.live() == 0);
        server.close();
    }

    @Test
    void mutatedBodiesAreTheClientsFault() {
        RawClient client = server.raw();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] body = mutate(SEEDS[random.nextInt(SEEDS.length)].getBytes(StandardCharsets.UTF_8));
            String path = PATHS[random.nextInt(PATHS.length)];
            client.send("POST " + path
                    + " HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length + "\r\n\r\n").send(body);
            String head = client.readHead();
            assertThat(head)
                    .as("seed %d, round %d: %s", SEED, round, new String(body, StandardCharsets.UTF_8))
                    .matches("(?s)HTTP/1.1 [24].*");
            if (head.contains("chunked")) {
                client.readUntil("\r\n0\r\n\r\n");
            } else {
                client.readBody(head);
            }
        }
        client.close();
    }

    @Test
    void mutatedRequestsNeitherKillNorHangTheServer() {
        for (int round = 0; round < ROUNDS / 5; round++) {
            String seed = "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    + (random.nextBoolean()
                            ? "Content-Length: 14\r\n\r\n{\"prompt\":\"a\"}"
                            : "Transfer-Encoding: chunked\r\n\r\ne\r\n{\"prompt\":\"a\"}\r\n0\r\n\r\n");
            byte[] bytes = mutate(seed.getBytes(StandardCharsets.ISO_8859_1));
            try (RawClient client = server.raw()) {
                client.send(bytes).endOfInput();
                assertThat(client.readAll()).as("seed %d, round %d", SEED, round)
                        .doesNotContainPattern("HTTP/1.1 5(?!05)");
            }
        }
        try (RawClient client = server.raw()) {
            assertThat(client.post("/tokenize", "{\"prompt\":\"a\"}").readAnswer())
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    private byte[] mutate(byte[] seed) {
        byte[] bytes = seed;
        int changes = random.nextInt(5);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + random.nextInt(1, 12));
            bytes = switch (random.nextInt(4)) {
                case 0 -> splice(bytes, at, to, new byte[0]);
                case 1 -> splice(bytes, at, at + 1, new byte[]{(byte) random.nextInt(256)});
                case 2 -> splice(bytes, at, to,
                        WORDS[random.nextInt(WORDS.length)].getBytes(StandardCharsets.UTF_8));
                default -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            };
        }
        return bytes;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] middle) {
        byte[] result = Arrays.copyOf(bytes, from + middle.length + bytes.length - to);
        System.arraycopy(middle, 0, result, from, middle.length);
        System.arraycopy(bytes, to, result, from + middle.length, bytes.length - to);
        return result;
    }
}
