package dev.pigou.engine.http;

import dev.pigou.engine.EnginePrices;
import dev.pigou.scheduler.price.Cost;
import dev.pigou.scheduler.price.PriceForecast;
import dev.pigou.scheduler.price.PriceVector;
import dev.pigou.scheduler.price.Quote;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What anybody can learn of prices over HTTP. */
final class PricesTest {
    private static final String STREAM = "GET /v1/prices/stream HTTP/1.1\r\nHost: t\r\n\r\n";
    private static final String COMPLETION = "{\"prompt\":\"Hello\",\"max_tokens\":5}";

    private final TestServer server = new TestServer();

    @AfterEach
    void close() { server.close(); }

    private static EnginePrices prices(double kvWaiting) {
        return new EnginePrices("price", 16,
                new PriceVector(System.nanoTime(), kvWaiting, 0.001, kvWaiting, 0.23456, 1.2345e-7, 6.789e-6),
                new PriceForecast(0.23456, 0.12345, 9.8765));
    }

    @Test
    void whatIsPublishedHasTwoDigitsAndAUnit() {
        server.engine.price(prices(0.98765));
        JsonNode report = TestServer.json(server.get("/v1/prices"));
        assertThat(report.at("/object").stringValue()).isEqualTo("pigou.prices");
        assertThat(report.at("/scheduling_policy").stringValue()).isEqualTo("price");
        assertThat(report.at("/block_size").intValue()).isEqualTo(16);
        assertThat(report.at("/units/kv").stringValue()).isEqualTo("credits per block-second");
        assertThat(report.at("/prices/kv_waiting").doubleValue()).isEqualTo(0.99);
        assertThat(report.at("/prices/kv_cache").doubleValue()).isEqualTo(0.001);
        assertThat(report.at("/prices/kv_published").doubleValue()).isEqualTo(0.23);
        assertThat(report.at("/prices/prefill").doubleValue()).isEqualTo(1.2e-7);
        assertThat(report.at("/prices/decode").doubleValue()).isEqualTo(6.8e-6);
        assertThat(report.at("/forecast/holding_seconds").doubleValue()).isEqualTo(9.9);
        assertThat(report.at("/forecast/kv/0/seconds").intValue()).isEqualTo(1);
        assertThat(report.at("/forecast/kv/0/price").doubleValue()).isEqualTo(0.22);
        assertThat(report.at("/forecast/kv/5/price").doubleValue()).isEqualTo(0.12);
        long seconds = report.at("/created").longValue();
        assertThat(report.at("/created_ms").longValue() / 1000).isEqualTo(seconds);
        assertThat((double) seconds).isCloseTo(System.currentTimeMillis() / 1e3, within(60.0));
    }

    @Test
    void aPolicyWithoutPricesSaysThatAllIsFree() {
        JsonNode report = TestServer.json(server.get("/v1/prices"));
        assertThat(report.at("/scheduling_policy").stringValue()).isEqualTo("fcfs");
        assertThat(report.at("/prices").values()).hasSize(5)
                .allSatisfy(price -> assertThat(price.doubleValue()).isZero());
    }

    @Test
    void aStreamTellsEveryChangeAndEndsWithTheServer() {
        server.engine.price(prices(0.5));
        try (RawClient client = server.raw()) {
            assertThat(client.send(STREAM).readHead()).startsWith("HTTP/1.1 200 ")
                    .contains("text/event-stream");
            assertThat(client.readUntil("\n\n")).contains("data: {\"object\":\"pigou.prices\"")
                    .contains("\"kv_waiting\":0.5,");
            server.engine.price(prices(0.5001)); // the same to two digits
            server.engine.price(prices(0.75));
            assertThat(client.readUntil("\n\n")).contains("\"kv_waiting\":0.75,");
            server.server.stopAccepting();
            assertThat(client.readUntil("0\r\n\r\n")).contains("data: [DONE]\n\n");
        }
    }

    @Test
    void whoAsksForTheHeadOfAStreamIsNotLeftWaiting() {
        HttpResponse<String> head = server
                .send(HttpRequest.newBuilder(server.uri("/v1/prices/stream")).HEAD().build());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    private HttpResponse<String> askForLoad(String format, String path, String body) {
        return server.send(HttpRequest.newBuilder(server.uri(path)).header("content-type", "application/json")
                .header("endpoint-load-metrics-format", format)
                .POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    private static String load(HttpResponse<String> response) {
        return response.headers().firstValue("endpoint-load-metrics").orElse("none");
    }

    @Test
    void loadIsReportedInTheFormatAskedFor() {
        server.engine.price(prices(0.5));
        HttpResponse<String> text = askForLoad("TEXT", "/v1/completions", COMPLETION);
        assertThat(load(text)).startsWith("TEXT named_metrics.kv_cache_usage_perc=")
                .contains(", named_metrics.num_requests_waiting=0.0, ")
                .contains("named_metrics.price_kv_waiting=0.5");
        JsonNode json = TestServer
                .json(load(askForLoad("json", "/v1/completions", COMPLETION)).substring("JSON ".length()));
        assertThat(json.at("/named_metrics/price_kv_published").doubleValue()).isEqualTo(0.23);
        assertThat(json.at("/named_metrics/num_requests_waiting").isNumber()).isTrue();
        HttpResponse<String> stream = askForLoad("text", "/v1/completions",
                COMPLETION.replace("}", ",\"stream\":true}"));
        assertThat(load(stream)).startsWith("TEXT ");
    }

    @Test
    void loadInAnUnknownFormatIsNotReported() {
        assertThat(load(askForLoad("BIN", "/v1/completions", COMPLETION))).isEqualTo("none");
        assertThat(load(server.post("/v1/completions", COMPLETION))).isEqualTo("none");
    }

    @Test
    void aQuoteSaysWhatItWouldCostAndRunsNothing() {
        server.engine.quote(new Quote(new Cost(1, 2, 3, 0), new Cost(2, 4, 6, 8), 7, 4, 5.5, 0.25, 8, 4.5,
                System.nanoTime() + 5_000_000_000L));
        JsonNode quote = TestServer.json(server.post("/v1/quotes", COMPLETION));
        assertThat(quote.at("/object").stringValue()).isEqualTo("pigou.quote");
        assertThat(quote.at("/id").stringValue()).startsWith("quote-");
        assertThat(quote.at("/cost/expected/total").doubleValue()).isEqualTo(6);
        assertThat(quote.at("/cost/p95/kv").doubleValue()).isEqualTo(6);
        assertThat(quote.at("/cost/p95/lease").doubleValue()).isEqualTo(8);
        assertThat(quote.at("/cached_tokens").intValue()).isEqualTo(4);
        assertThat(quote.at("/expected_ttft_seconds").doubleValue()).isEqualTo(0.25);
        assertThat(quote.at("/deferral/delay_seconds").doubleValue()).isEqualTo(8);
        assertThat(quote.at("/deferral/saving").doubleValue()).isEqualTo(1.5);
        assertThat(quote.at("/expires_ms").longValue()).isGreaterThan(System.currentTimeMillis() - 60_000);
        assertThat(server.engine.live()).isZero();
    }

    @Test
    void everyPromptAndChoiceIsInTheQuoteButOnlyOnePrefillForEachPrompt() {
        server.engine.quote(new Quote(new Cost(1, 2, 3, 4), new Cost(1, 2, 3, 4), 7, 0, 5, 0.25, 0, 6,
                System.nanoTime()));
        JsonNode quote = TestServer.json(
                server.post("/v1/quotes", "{\"prompt\":[\"Hello\",\"there\"],\"n\":3,\"max_tokens\":5}"));
        assertThat(quote.at("/prompt_tokens").intValue()).isEqualTo(14);
        assertThat(quote.at("/cost/expected/prefill").doubleValue()).isEqualTo(2);
        assertThat(quote.at("/cost/expected/decode").doubleValue()).isEqualTo(12);
        assertThat(quote.at("/cost/expected/lease").doubleValue()).isEqualTo(8);
        assertThat(quote.at("/deferral/saving").doubleValue()).isZero();
    }

    @Test
    void whatIsNotForecastIsNullInAQuote() {
        server.engine.quote(new Quote(Cost.NOTHING, Cost.NOTHING, 7, 0, Double.NaN, Double.NaN, 0, 0, 0));
        JsonNode quote = TestServer.json(
                server.post("/v1/quotes", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}"));
        assertThat(quote.at("/expected_ttft_seconds").isNull()).isTrue();
        assertThat(quote.at("/cost/expected/total").doubleValue()).isZero();
    }

    @Test
    void quotesAreRefusedWhenTooManyAreAskedFor() {
        HttpResponse<String> refused = server.post("/v1/quotes", COMPLETION);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("too_many_quotes");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
    }

    @Test
    void aBodyThatCouldNotRunCannotBeQuotedEither() {
        HttpResponse<String> response = server.post("/v1/quotes",
                "{\"prompt\":\"Hello\",\"temperature\":-1}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("temperature");
    }

    @Test
    void metricsShowPricesRefusalsAndCharges() {
        server.metrics.exposeMarket(server.engine::prices, server.engine.takings());
        server.engine.price(prices(0.98765));
        assertThat(server.metricsText()).contains("pigou:price_kv_waiting{model_name=\"llama-golden\"} 0.99")
                .contains("pigou:refusals_total{model_name=\"llama-golden\",reason=\"price_too_high\"} 0")
                .contains("pigou:charged_credits_total{model_name=\"llama-golden\",part=\"kv\"} 0").contains(
                        "pigou:written_off_credits_total{model_name=\"llama-golden\",promise=\"forecast\"} 0");
    }
}
