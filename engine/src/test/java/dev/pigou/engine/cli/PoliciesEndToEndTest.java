package dev.pigou.engine.cli;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The engine under each policy, with a model small enough that nothing takes long but what should. */
class PoliciesEndToEndTest {
    private static final String ENDLESS = "{\"prompt\":[1],\"max_tokens\":32000,\"ignore_eos\":true,\"stream\":true}";
    private static final String PROMPT = "\"prompt\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]";

    @TempDir
    private static Path folder = Path.of("");

    private static Path model() {
        Path model = folder.resolve("model");
        return model.toFile().exists() ? model : RunningServer.patientModel(model);
    }

    @ParameterizedTest
    @CsvSource({"price,price", "fcfs,lru", "priority,slru", "vtc,gdsf", "density,tail-lru", "sjf,price"})
    void everyPolicyAnswersAndFindsPrefixesAgain(String scheduling, String retention) {
        try (var running = RunningServer.serve(model(), "--scheduling-policy", scheduling,
                "--retention-policy", retention)) {
            String body = "{" + PROMPT + ",\"max_tokens\":3,\"ignore_eos\":true,\"temperature\":0}";
            JsonNode first = running.json("/v1/completions", body);
            JsonNode second = running.json("/v1/completions", body);
            assertThat(first.at("/usage/completion_tokens").asInt()).isEqualTo(3);
            assertThat(second.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(16);
            assertThat(second.at("/choices/0/text")).isEqualTo(first.at("/choices/0/text"));
            assertThat(second.at("/usage/pigou/charge").asDouble()).as("nobody was harmed").isZero();
        }
    }

    @Test
    void whoPaysNothingRunsWhileThatIsFree() {
        try (var running = RunningServer.serve(model())) {
            JsonNode answer = running.json("/v1/completions",
                    "{" + PROMPT + ",\"max_tokens\":3,\"pigou\":{\"max_price\":0}}");
            assertThat(answer.at("/usage/pigou/charge").asDouble()).isZero();
        }
    }

    @Test
    void whatTheOperatorAsksForStepTimeIsPublishedQuotedAndCharged() {
        try (var running = RunningServer.serve(model(), "--resource-price", "0.5")) {
            String body = "{" + PROMPT + ",\"max_tokens\":3,\"ignore_eos\":true";
            JsonNode quote = running.json("/v1/quotes", body + "}");
            assertThat(quote.at("/cost/expected/total").asDouble()).isPositive();
            JsonNode usage = running
                    .json("/v1/completions",
                            body + ",\"pigou\":{\"quote\":\"" + quote.get("id").asString() + "\"}}")
                    .at("/usage/pigou");
            assertThat(usage.get("charge").asDouble()).as("%s", usage).isPositive()
                    .isLessThanOrEqualTo(quote.at("/cost/p95/total").asDouble());
            assertThat(usage.get("kv").asDouble()).isZero();
            HttpResponse<String> refused = running.post("/v1/completions",
                    body + ",\"pigou\":{\"max_price\":0}}");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
            assertThat(refused.body()).contains("\"price_too_high\"");
            assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
        }
    }

    @Test
    void anAnswerThatWouldComeTooLateIsRefusedWhileItsClientCanStillGoElsewhere() {
        try (var running = RunningServer.serve(model(), "--max-num-seqs", "1");
                Stream<String> stream = running.stream("/v1/completions", ENDLESS)) {
            Iterator<String> lines = stream.iterator();
            assertThat(lines.next()).startsWith("data: ");
            HttpResponse<String> refused = running.post("/v1/completions",
                    "{" + PROMPT + ",\"stream\":true,\"pigou\":{\"value\":0.001,\"deadline_ms\":200}}");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
            JsonNode error = JsonMapper.shared().readTree(refused.body()).get("error");
            assertThat(error.get("code").stringValue()).isIn("no_capacity", "price_too_high");
            running.awaitMetric("pigou:num_requests_waiting", 0);
            assertThat(running.metric("pigou:num_requests_running")).isEqualTo(1);
        }
    }

    @Test
    void anUnknownPolicyIsRefusedBeforeTheModelIsRead() {
        Invocation run = Invocation.of("serve", "--model", model().toString(), "--scheduling-policy", "lifo");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains(
                "--scheduling-policy must be one of price, fcfs, priority, vtc, density, sjf, but is lifo");
        assertThat(Invocation.of("serve", "--model", model().toString(), "--retention-policy", "fifo").err())
                .contains("--retention-policy must be one of price, lru, slru, gdsf, tail-lru, but is fifo");
        assertThat(Invocation.of("serve", "--model", model().toString(), "--service-tiers", "gold=1:1").err())
                .contains("--service-tiers must be").hasLineCount(1);
    }
}
