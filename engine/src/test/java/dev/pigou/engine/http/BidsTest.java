package dev.pigou.engine.http;

import dev.pigou.engine.Bill;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.Tenant;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What requests say of their worth, what they are told when it is not enough, and what they are charged. */
class BidsTest {
    private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    private final TestServer server = new TestServer();

    @AfterEach
    void close() { server.close(); }

    @Test
    void aRequestThatSaysNothingBidsAsTheDefaultTierDoes() { assertThat(bid("")).isEqualTo(Bid.DEFAULT); }

    @ParameterizedTest
    @CsvSource({"flex,flex,0.25,0.00001,1", "auto,default,1,0.0001,0", "default,default,1,0.0001,0",
            "priority,priority,4,0.001,2", "fast,priority,4,0.001,2"})
    void aTierStandsForAWorthAndAClassAndIsReportedAsGiven(String asked, String given, double value,
            double latencyPrice, int serviceClass) {
        String field = ",\"service_tier\":\"" + asked + "\"";
        Bid bid = bid(field);
        assertThat(bid.value()).isEqualTo(value);
        assertThat(bid.latencyPrice()).isEqualTo(latencyPrice);
        assertThat(bid.serviceClass()).isEqualTo(serviceClass);
        HttpResponse<String> chat = server.post("/v1/chat/completions", "{" + CHAT + field + "}");
        assertThat(TestServer.json(chat).get("service_tier").stringValue()).isEqualTo(given);
        HttpResponse<String> text = server.post("/v1/completions", "{\"prompt\":\"a\"" + field + "}");
        assertThat(TestServer.json(text).get("service_tier").stringValue()).isEqualTo(given);
        String stream = server.post("/v1/chat/completions", "{" + CHAT + field + ",\"stream\":true}").body();
        assertThat(stream).contains("\"service_tier\":\"" + given + "\"");
    }

    @Test
    void whatIsSaidOfTheWorthGoesBeforeTheTier() {
        long before = System.nanoTime();
        Bid bid = bid(
                ",\"service_tier\":\"flex\",\"priority\":-3,\"pigou\":{\"value\":2.5,\"latency_price\":0,"
                        + "\"max_price\":0,\"deadline_ms\":1500.5}");
        long after = System.nanoTime();
        assertThat(bid.tenant()).isEqualTo(Tenant.ANYBODY);
        assertThat(bid.value()).isEqualTo(2.5);
        assertThat(bid.latencyPrice()).isZero();
        assertThat(bid.maxPrice()).as("runs only when that is free").isZero();
        assertThat(bid.deadlineNanos()).isBetween(before + 1_500_500_000L, after + 1_500_500_000L);
        assertThat(bid.priority()).isEqualTo(-3);
    }

    @Test
    void theAnswersOfARequestShareWhatItSays() {
        String fields = ",\"n\":2,\"pigou\":{\"value\":8,\"max_price\":4}";
        ok("/v1/completions", "{\"prompt\":[\"a\",\"b\"]" + fields + "}");
        Bid bid = server.engine.requests().getLast().bid();
        assertThat(bid.value()).isEqualTo(2);
        assertThat(bid.maxPrice()).isEqualTo(1);
        assertThat(bid.latencyPrice()).as("a tier's worth is of each").isEqualTo(0.0001);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            service_tier        | "service_tier":"gold"
            service_tier        | "service_tier":1
            priority            | "priority":1.5
            priority            | "priority":"high"
            priority            | "priority":99999999999
            pigou               | "pigou":5
            pigou               | "pigou":[]
            pigou.value         | "pigou":{"value":-1}
            pigou.value         | "pigou":{"value":"NaN"}
            pigou.value         | "pigou":{"value":1e999}
            pigou.value         | "pigou":{"value":1e7}
            pigou.value         | "pigou":{"value":true}
            pigou.latency_price | "pigou":{"latency_price":-0.001}
            pigou.latency_price | "pigou":{"latency_price":{}}
            pigou.max_price     | "pigou":{"max_price":-1e-300}
            pigou.max_price     | "pigou":{"max_price":"1"}
            pigou.deadline_ms   | "pigou":{"deadline_ms":0}
            pigou.deadline_ms   | "pigou":{"deadline_ms":-5}
            pigou.deadline_ms   | "pigou":{"deadline_ms":"soon"}
            pigou.quote         | "pigou":{"quote":0.25}
            pigou.quote         | "pigou":{"quote":"quote-0"}
            pigou.max_prise     | "pigou":{"max_prise":1}
            """)
    void aWrongBidIsNamed(String param, String field) {
        for (String body : List.of("{" + CHAT + "," + field + "}", "{\"prompt\":\"a\"," + field + "}")) {
            String path = body.contains("prompt") ? "/v1/completions" : "/v1/chat/completions";
            HttpResponse<String> refused = server.post(path, body);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            JsonNode error = TestServer.json(refused).get("error");
            assertThat(error.get("param").stringValue()).isEqualTo(param);
            assertThat(error.get("message").stringValue()).contains("'" + param + "'");
        }
        assertThat(server.engine.requests()).isEmpty();
    }

    @Test
    void aNumberThatIsNoneIsNoJson() {
        HttpResponse<String> refused = server.post("/v1/chat/completions",
                "{" + CHAT + ",\"pigou\":{\"value\":NaN}}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(TestServer.json(refused).at("/error/code").stringValue()).isEqualTo("invalid_json");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPriceThatIsTooHighIsToldWithTheTimeToComeBack(boolean stream) {
        HttpResponse<String> refused = refused(new Refusal(Refusal.Reason.PRICE_TOO_HIGH, 1.2345, 0.00125),
                stream);
        JsonNode error = TestServer.json(refused).get("error");
        assertThat(error.get("code").stringValue()).isEqualTo("price_too_high");
        assertThat(error.get("price").asDouble()).isEqualTo(0.00125);
        assertThat(error.get("message").stringValue()).contains("0.00125 credits", "1235 ms");
        assertThat(refused.headers().firstValue("retry-after")).hasValue("2");
        assertThat(refused.headers().firstValue("retry-after-ms")).hasValue("1235");
        assertThat(refused.headers().firstValue("x-should-retry")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEmptyWalletIsNotToBeTriedAgain(boolean stream) {
        HttpResponse<String> refused = refused(new Refusal(Refusal.Reason.OUT_OF_BUDGET, 30, 2), stream);
        assertThat(TestServer.json(refused).at("/error/code").stringValue()).isEqualTo("out_of_budget");
        assertThat(TestServer.json(refused).at("/error/message").stringValue()).contains("2 credits");
        assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(refused.headers().firstValue("retry-after")).hasValue("30");
    }

    @Test
    void whatWillNeverRunHasNoTimeToComeBack() {
        HttpResponse<String> refused = refused(
                new Refusal(Refusal.Reason.NO_CAPACITY, Double.POSITIVE_INFINITY, 3), false);
        assertThat(TestServer.json(refused).at("/error/code").stringValue()).isEqualTo("no_capacity");
        assertThat(refused.headers().firstValue("retry-after")).isEmpty();
        assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(server.metricsText()).contains("finished_reason=\"refused\"");
    }

    @Test
    void everyAnswerSaysWhatItCost() {
        server.engine.charge(new Bill(1_000_000, 250_000, 30, 1_250_030));
        server.engine.expect(1_250_030);
        JsonNode usage = ok("/v1/chat/completions", "{" + CHAT + "}").get("usage");
        assertThat(usage.propertyNames()).containsExactlyInAnyOrder("prompt_tokens", "completion_tokens",
                "total_tokens", "prompt_tokens_details", "pigou");
        assertThat(usage.get("pigou")).isEqualTo(TestServer.json(
                "{\"charge\":0.00000125003,\"prefill\":0.000001,\"decode\":2.5E-7,\"kv\":3.0E-11,\"quote_error\":0.0}"));
        JsonNode two = ok("/v1/completions", "{\"prompt\":\"a\",\"n\":2}").at("/usage/pigou");
        assertThat(two.get("charge").asDouble()).as("of all choices").isCloseTo(2 * 0.00000125003,
                within(1e-15));
    }

    @Test
    void whatWasMeteredAboveThePromiseIsWrittenOff() {
        server.engine.charge(new Bill(3_000_000, 0, 0, 2_000_000));
        JsonNode usage = ok("/v1/chat/completions", "{" + CHAT + "}").at("/usage/pigou");
        assertThat(usage.get("charge").asDouble()).isEqualTo(2e-6);
        assertThat(usage.get("written_off").asDouble()).isEqualTo(1e-6);
    }

    @Test
    void whoCameWithoutAQuoteIsToldWhatWasExpectedOfHim() {
        server.engine.charge(new Bill(3_000_000, 0, 0, 3_000_000));
        server.engine.expect(1_000_000);
        JsonNode one = ok("/v1/chat/completions", "{" + CHAT + "}").at("/usage/pigou");
        assertThat(one.get("quote_error").asDouble()).isCloseTo(2e-6, within(1e-15));
        JsonNode four = ok("/v1/completions", "{\"prompt\":[\"a\",\"b\"],\"n\":2}").at("/usage/pigou");
        assertThat(four.get("quote_error").asDouble()).as("of all choices").isCloseTo(8e-6, within(1e-15));
        server.engine.expect(5_000_000);
        JsonNode cheap = ok("/v1/chat/completions", "{" + CHAT + "}").at("/usage/pigou");
        assertThat(cheap.get("quote_error").asDouble()).isCloseTo(-2e-6, within(1e-15));
    }

    @Test
    void aStreamSaysWhatItCostInItsLastChunkAlone() {
        server.engine.charge(new Bill(7, 0, 0, 7));
        String options = ",\"stream\":true,\"stream_options\":{\"include_usage\":true,"
                + "\"continuous_usage_stats\":true}";
        List<JsonNode> chunks = server.post("/v1/chat/completions", "{" + CHAT + options + "}").body().lines()
                .filter(line -> line.startsWith("data: {")).map(line -> TestServer.json(line.substring(6)))
                .toList();
        assertThat(chunks.getLast().at("/usage/pigou/charge").asDouble()).isEqualTo(7e-12);
        assertThat(chunks.subList(0, chunks.size() - 1))
                .allSatisfy(chunk -> assertThat(chunk.get("usage").has("pigou")).isFalse());
    }

    private HttpResponse<String> refused(Refusal because, boolean stream) {
        server.engine.turnAway(because);
        HttpResponse<String> response = server.post("/v1/chat/completions",
                "{" + CHAT + ",\"stream\":" + stream + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(429);
        return response;
    }

    private Bid bid(String fields) {
        ok("/v1/chat/completions", "{" + CHAT + fields + "}");
        return server.engine.requests().getLast().bid();
    }

    private JsonNode ok(String path, String body) {
        HttpResponse<String> response = server.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.json(response);
    }
}
