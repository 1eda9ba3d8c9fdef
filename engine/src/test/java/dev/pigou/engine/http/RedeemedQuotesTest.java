package dev.pigou.engine.http;

import dev.pigou.engine.Bill;
import dev.pigou.engine.QuotedCost;
import dev.pigou.engine.tenant.Account;
import dev.pigou.engine.tenant.ApiKeys;
import dev.pigou.engine.tenant.KeyHash;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.price.Cost;
import dev.pigou.scheduler.price.Quote;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A quote binds: once, for whom and for what it was given, and as long as it stands. */
class RedeemedQuotesTest {
    private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":5";
    private static final long AN_HOUR_NANOS = 3_600_000_000_000L;

    private final TestServer server = new TestServer(config -> config.withKeys(ApiKeys.of(
            Map.of(KeyHash.of("of-alice"), account(0, "alice"), KeyHash.of("of-bob"), account(1, "bob")))));

    private static Account account(int index, String name) {
        return new Account(new Tenant(index, name, 1), index + 1, Optional.empty(), 0);
    }

    @BeforeEach
    void quote() { quoteUntil(System.nanoTime() + AN_HOUR_NANOS); }

    @AfterEach
    void close() { server.close(); }

    private void quoteUntil(long validUntilNanos) {
        server.engine.quote(new Quote(new Cost(1e-6, 2e-6, 3e-6, 0), new Cost(2e-6, 4e-6, 6e-6, 1e-6), 7, 4,
                5.5, 0.25, 8, 4.5, validUntilNanos));
    }

    private HttpResponse<String> send(String key, String path, String body) {
        return server.send(HttpRequest.newBuilder(server.uri(path)).header("content-type", "application/json")
                .header("authorization", "Bearer " + key).POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private String quoted(String body) {
        HttpResponse<String> quote = send("of-alice", "/v1/quotes", body);
        assertThat(quote.statusCode()).as(quote.body()).isEqualTo(200);
        return TestServer.json(quote).get("id").stringValue();
    }

    private static String naming(String id) { return ",\"pigou\":{\"quote\":\"" + id + "\"}"; }

    private void assertRefused(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode error = TestServer.json(response).get("error");
        assertThat(error.get("code").stringValue()).isEqualTo(code);
        assertThat(error.get("param").stringValue()).isEqualTo("pigou.quote");
        assertThat(error.get("message").stringValue()).contains("POST /v1/quotes");
    }

    @Test
    void aQuoteBindsEveryChoiceOfItsRequest() {
        server.engine.charge(new Bill(1_000_000, 250_000, 0, 1_250_000));
        server.engine.expect(777_000_000); // it is the quote that was told
        String id = quoted("{" + CHAT + ",\"n\":2}");
        HttpResponse<String> answer = send("of-alice", "/v1/chat/completions",
                "{" + CHAT + ",\"n\":2" + naming(id) + "}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        QuotedCost quoted = server.engine.requests().getLast().quoted();
        assertThat(quoted.firstPico()).isEqualTo(13_000_000);
        assertThat(quoted.furtherPico()).as("it finds the prompt computed").isEqualTo(10_000_000);
        assertThat(TestServer.json(answer).at("/usage/pigou/quote_error").asDouble())
                .isCloseTo(2.5e-6 - 11e-6, within(1e-15));
    }

    @Test
    void whoComesWithoutOneIsNotBound() {
        quoted("{" + CHAT + "}");
        send("of-alice", "/v1/chat/completions", "{" + CHAT + "}");
        assertThat(server.engine.requests().getLast().quoted()).isEqualTo(QuotedCost.NONE);
    }

    @Test
    void howTheAnswerIsSentMayDiffer() {
        String id = quoted("{" + CHAT + ",\"pigou\":{\"value\":2}}");
        HttpResponse<String> stream = send("of-alice", "/v1/chat/completions", "{" + CHAT
                + ",\"stream\":true,\"user\":\"me\",\"pigou\":{\"value\":2,\"quote\":\"" + id + "\"}}");
        assertThat(stream.statusCode()).as(stream.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            max_tokens           | "messages":[{"role":"user","content":"Hi"}],"max_tokens":6
            messages             | "messages":[{"role":"user","content":"Ho"}],"max_tokens":5
            n                    | "messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"n":2
            service_tier         | "messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"service_tier":"flex"
            prompt_cache_options | "messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"prompt_cache_options":{"ttl":"1h"}
            """)
    void anotherBodyIsToldWhereItDiffersAndDoesNotUseTheQuoteUp(String field, String body) {
        String id = quoted("{" + CHAT + "}");
        HttpResponse<String> other = send("of-alice", "/v1/chat/completions", "{" + body + naming(id) + "}");
        assertRefused(other, 409, "quote_mismatch");
        assertThat(other.body()).contains("'" + field + "'");
        assertThat(send("of-alice", "/v1/chat/completions", "{" + CHAT + naming(id) + "}").statusCode())
                .isEqualTo(200);
    }

    @Test
    void aQuoteIsGoodOnce() {
        String body = "{" + CHAT + naming(quoted("{" + CHAT + "}")) + "}";
        assertThat(send("of-alice", "/v1/chat/completions", body).statusCode()).isEqualTo(200);
        assertRefused(send("of-alice", "/v1/chat/completions", body), 409, "quote_used");
    }

    @Test
    void ofManyThatRaceForAQuoteOneHasIt() throws Exception {
        String body = "{" + CHAT + naming(quoted("{" + CHAT + "}")) + "}";
        Callable<Integer> redeem = () -> send("of-alice", "/v1/chat/completions", body).statusCode();
        try (ExecutorService racers = Executors.newFixedThreadPool(8)) {
            List<Future<Integer>> answers = racers
                    .invokeAll(IntStream.range(0, 16).mapToObj(i -> redeem).toList());
            assertThat(answers.stream().map(Future::resultNow)
                    .collect(Collectors.groupingBy(status -> status, Collectors.counting())))
                    .isEqualTo(Map.of(200, 1L, 409, 15L));
        }
    }

    @Test
    void aQuoteThatIsOverIsSaidToBe() {
        quoteUntil(System.nanoTime() - 1);
        String id = quoted("{" + CHAT + "}");
        assertRefused(send("of-alice", "/v1/chat/completions", "{" + CHAT + naming(id) + "}"), 409,
                "quote_expired");
    }

    @Test
    void anothersQuoteIsAsUnknownAsNone() {
        String id = quoted("{" + CHAT + "}");
        HttpResponse<String> bobs = send("of-bob", "/v1/chat/completions", "{" + CHAT + naming(id) + "}");
        assertRefused(bobs, 400, "quote_unknown");
        HttpResponse<String> none = send("of-bob", "/v1/chat/completions",
                "{" + CHAT + naming("quote-0") + "}");
        assertRefused(none, 400, "quote_unknown");
        assertThat(none.body()).isEqualTo(bobs.body());
        assertThat(send("of-alice", "/v1/chat/completions", "{" + CHAT + naming(id) + "}").statusCode())
                .isEqualTo(200);
        assertThat(send("of-bob", "/v1/chat/completions", "{" + CHAT + naming(id) + "}").body())
                .as("nor does he hear that it was used").isEqualTo(none.body());
    }
}
