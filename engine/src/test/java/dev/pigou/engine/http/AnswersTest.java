package dev.pigou.engine.http;

import dev.pigou.engine.DeviceFailure;
import dev.pigou.engine.Submission;
import dev.pigou.engine.openai.TestModel;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** What answers look like, field by field, where OpenAI's client would not notice. */
class AnswersTest {
    private static final String HELLO = "Hello there, world.";
    private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    private final TestServer server = new TestServer();

    @AfterEach
    void close() { server.close(); }

    @Test
    void aChatCompletionHasEveryFieldAndNoOther() {
        JsonNode answer = ok("/v1/chat/completions", "{" + CHAT + "}");
        assertThat(answer.propertyNames()).containsExactlyInAnyOrder("id", "object", "created", "model",
                "choices", "usage", "service_tier", "system_fingerprint");
        assertThat(answer.get("object").stringValue()).isEqualTo("chat.completion");
        assertThat(answer.get("service_tier").stringValue()).isEqualTo("default");
        assertThat(answer.at("/choices/0")).isEqualTo(
                TestServer.json("{\"index\":0,\"message\":{\"role\":\"assistant\"," + "\"content\":\"" + HELLO
                        + "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\","
                        + "\"stop_reason\":null}"));
    }

    @Test
    void chunksHaveEveryFieldAndTheStreamEndsWithDone() {
        List<String> events = stream("/v1/chat/completions", "{" + CHAT + ",\"stream\":true}");
        assertThat(events.getLast()).isEqualTo("[DONE]");
        List<JsonNode> chunks = events.subList(0, events.size() - 1).stream().map(TestServer::json).toList();
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.propertyNames()).containsExactlyInAnyOrder("id", "object", "created", "model",
                    "choices", "service_tier", "system_fingerprint");
            assertThat(chunk.get("id")).isEqualTo(chunks.getFirst().get("id"));
            assertThat(chunk.get("object").stringValue()).isEqualTo("chat.completion.chunk");
        });
        assertThat(chunks.getFirst().get("choices"))
                .isEqualTo(TestServer.json("[{\"index\":0,\"delta\":{\"role\":"
                        + "\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}]"));
        assertThat(chunks.getLast().get("choices")).isEqualTo(TestServer.json(
                "[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\",\"stop_reason\":null}]"));
        assertThat(chunks.stream().map(c -> c.at("/choices/0/delta/content").asString("")).reduce("",
                String::concat)).isEqualTo(HELLO);
    }

    @Test
    void usageComesInTheLastChunkOrInAll() {
        List<JsonNode> last = chunks(
                "{" + CHAT + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        assertThat(last.subList(0, last.size() - 1))
                .allSatisfy(c -> assertThat(c.get("usage").isNull()).isTrue());
        assertThat(last.getLast().get("choices")).isEmpty();
        assertThat(last.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(tokens(HELLO) + 1);

        List<JsonNode> all = chunks(
                "{" + CHAT + ",\"stream\":true,\"stream_options\":{\"include_usage\":true,"
                        + "\"continuous_usage_stats\":true}}");
        List<Integer> counts = all.stream().map(c -> c.at("/usage/completion_tokens").asInt()).toList();
        assertThat(counts).isSorted().last().isEqualTo(tokens(HELLO) + 1);
    }

    @Test
    void aStopStringAcrossTokensEndsTheTextBeforeIt() {
        JsonNode answer = ok("/v1/chat/completions", "{" + CHAT + ",\"stop\":[\"xyz\",\"e, w\"]}");
        assertThat(answer.at("/choices/0/message/content").stringValue()).isEqualTo("Hello ther");
        assertThat(answer.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
        assertThat(answer.at("/choices/0/stop_reason").stringValue()).isEqualTo("e, w");
        TestServer.await("the engine hears of it", () -> server.engine.live() == 0);

        JsonNode included = ok("/v1/chat/completions",
                "{" + CHAT + ",\"stop\":\"e, w\",\"include_stop_str_in_output\":true}");
        assertThat(included.at("/choices/0/message/content").stringValue()).isEqualTo("Hello there, w");
    }

    @Test
    void aStopTokenEndsTheTextBeforeItAndIsNamed() {
        int[] tokens = TestModel.tokens(HELLO);
        int stop = tokens[tokens.length - 1];
        JsonNode answer = ok("/v1/chat/completions", "{" + CHAT + ",\"stop_token_ids\":[" + stop + "]}");
        assertThat(answer.at("/choices/0/message/content").stringValue()).isEqualTo(
                TestModel.SERVED.tokenizer().decode(Arrays.copyOf(tokens, tokens.length - 1), true));
        assertThat(answer.at("/choices/0/stop_reason").asInt()).isEqualTo(stop);
    }

    @Test
    void theEndOfSequenceIsNeverPartOfTheText() {
        JsonNode answer = ok("/v1/chat/completions", "{" + CHAT + ",\"skip_special_tokens\":false}");
        assertThat(answer.at("/choices/0/message/content").stringValue()).isEqualTo(HELLO);
        JsonNode past = ok("/v1/chat/completions",
                "{" + CHAT + ",\"skip_special_tokens\":false,\"ignore_eos\":true,\"max_tokens\":"
                        + (tokens(HELLO) + 2) + "}");
        assertThat(past.at("/choices/0/message/content").stringValue())
                .isEqualTo(HELLO + "<|eot_id|><|eot_id|>");
        assertThat(past.at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
    }

    @Test
    void charactersAreNeverSplitBetweenChunks() {
        String text = "Gr\u00fc\u00dfe \u4e16\u754c \ud83d\ude00\ud83d\udc69\u200d\ud83d\ude80!";
        server.engine.say(TestModel.tokens(text));
        List<JsonNode> chunks = chunks("{" + CHAT + ",\"stream\":true}");
        assertThat(chunks).noneSatisfy(
                c -> assertThat(c.at("/choices/0/delta/content").asString("")).contains("\ufffd"));
        assertThat(chunks.stream().map(c -> c.at("/choices/0/delta/content").asString("")).reduce("",
                String::concat)).isEqualTo(text);
    }

    @Test
    void chatLogprobsCarryTheBytesOfEachToken() {
        server.engine.say(TestModel.tokens("A \ud83d\ude00"));
        JsonNode content = ok("/v1/chat/completions", "{" + CHAT + ",\"logprobs\":true,\"top_logprobs\":2}")
                .at("/choices/0/logprobs/content");
        List<Integer> bytes = new ArrayList<>();
        for (JsonNode token : content) {
            assertThat(token.get("logprob").asDouble()).isEqualTo(-0.5);
            assertThat(token.get("top_logprobs")).hasSize(2);
            assertThat(token.at("/top_logprobs/0/token")).isEqualTo(token.get("token"));
            token.get("bytes").forEach(value -> bytes.add(value.asInt()));
        }
        byte[] expected = "A \ud83d\ude00<|eot_id|>".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(bytes.stream().map(Integer::byteValue).toList()).containsExactly(box(expected));
    }

    @Test
    void echoedLogprobsStartWithNull() {
        JsonNode choice = ok("/v1/completions",
                "{\"prompt\":\"Hello\",\"echo\":true,\"logprobs\":1,\"max_tokens\":1}").at("/choices/0");
        int prompt = TestModel.SERVED.tokenizer().encode("Hello", true).length;
        JsonNode logprobs = choice.get("logprobs");
        assertThat(logprobs.get("tokens")).hasSize(prompt + 1);
        assertThat(logprobs.get("text_offset")).hasSize(prompt + 1);
        assertThat(logprobs.at("/token_logprobs/0").isNull()).isTrue();
        assertThat(logprobs.at("/top_logprobs/0").isNull()).isTrue();
        assertThat(logprobs.at("/token_logprobs/1").asDouble()).isEqualTo(-0.5);
        assertThat(logprobs.at("/top_logprobs/1")).hasSize(1);
    }

    @Test
    void echoWithoutTokensOnlyScoresThePrompt() {
        JsonNode answer = ok("/v1/completions",
                "{\"prompt\":[5,6,7],\"echo\":true,\"logprobs\":0,\"max_tokens\":0}");
        assertThat(answer.at("/choices/0/text").stringValue())
                .isEqualTo(TestModel.SERVED.tokenizer().decode(new int[]{5, 6, 7}, true));
        assertThat(answer.at("/choices/0/finish_reason").stringValue()).isEqualTo("length");
        assertThat(answer.at("/choices/0/logprobs/tokens")).hasSize(3);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isZero();
    }

    @Test
    void aStreamedCompletionSaysTheSameAsAWholeOne() {
        String body = "\"prompt\":[[5,6],[7]],\"n\":2,\"echo\":true,\"logprobs\":1,\"return_token_ids\":true";
        JsonNode whole = ok("/v1/completions", "{" + body + "}");
        List<String> events = stream("/v1/completions", "{" + body + ",\"stream\":true}");
        for (int i = 0; i < 4; i++) {
            StringBuilder text = new StringBuilder();
            List<Integer> offsets = new ArrayList<>();
            List<Integer> tokens = new ArrayList<>();
            for (String event : events.subList(0, events.size() - 1)) {
                JsonNode choice = TestServer.json(event).at("/choices/0");
                if (choice.get("index").asInt() == i) {
                    text.append(choice.get("text").stringValue());
                    choice.at("/logprobs/text_offset").forEach(offset -> offsets.add(offset.asInt()));
                    choice.path("token_ids").forEach(token -> tokens.add(token.asInt()));
                }
            }
            JsonNode choice = whole.at("/choices/" + i);
            assertThat(text.toString()).isEqualTo(choice.get("text").stringValue());
            assertThat(offsets).isEqualTo(ints(choice.at("/logprobs/text_offset")));
            assertThat(tokens).isEqualTo(ints(choice.get("token_ids")));
            assertThat(ints(choice.get("prompt_token_ids"))).isEqualTo(i < 2 ? List.of(5, 6) : List.of(7));
        }
    }

    @Test
    void tokenIdsComeBackWhenAskedFor() {
        JsonNode answer = ok("/v1/chat/completions", "{" + CHAT + ",\"return_token_ids\":true}");
        assertThat(ints(answer.get("prompt_token_ids")))
                .isEqualTo(box(server.engine.requests().getFirst().promptTokens()));
        assertThat(ints(answer.at("/choices/0/token_ids"))).hasSize(tokens(HELLO) + 1).last()
                .isEqualTo(TestModel.EOS);
        List<JsonNode> chunks = chunks("{" + CHAT + ",\"return_token_ids\":true,\"stream\":true}");
        assertThat(chunks.getFirst().get("prompt_token_ids")).isEqualTo(answer.get("prompt_token_ids"));
        List<Integer> ids = new ArrayList<>();
        chunks.forEach(chunk -> ids.addAll(ints(chunk.at("/choices/0").path("token_ids"))));
        assertThat(ids).isEqualTo(ints(answer.at("/choices/0/token_ids")));
    }

    @Test
    void anErrorAfterTheStreamBeganIsAnEvent() {
        server.engine.failAfter(2);
        List<String> events = stream("/v1/chat/completions", "{" + CHAT + ",\"stream\":true}");
        assertThat(events.getLast()).isEqualTo("[DONE]");
        assertThat(TestServer.json(events.get(events.size() - 2)).at("/error/type").stringValue())
                .isEqualTo("server_error");
        assertThat(server.post("/v1/chat/completions", "{" + CHAT + "}").statusCode()).isEqualTo(500);
    }

    @Test
    void aDeviceWithoutMemoryIsNoFaultOfTheModel() {
        server.engine.failAfter(0);
        server.engine.failFor(DeviceFailure.OUT_OF_MEMORY);
        HttpResponse<String> answer = server.post("/v1/chat/completions", "{" + CHAT + "}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
        assertThat(TestServer.json(answer).at("/error/code").stringValue()).isEqualTo("device_out_of_memory");
    }

    @Test
    void aDeadEngineSaysSoToThoseItHasAndThoseThatCome() {
        server.engine.failAfter(0);
        server.engine.failFor(DeviceFailure.LOST);
        HttpResponse<String> had = server.post("/v1/chat/completions", "{" + CHAT + "}");
        server.engine.refuse(new Submission.Broken("planned"));
        for (HttpResponse<String> answer : List.of(had, server.post("/v1/chat/completions", "{" + CHAT + "}"))) {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(TestServer.json(answer).at("/error/code").stringValue()).isEqualTo("engine_dead");
        }
    }

    @Test
    void textIsTokenisedAndBack() {
        JsonNode answer = ok("/tokenize", "{\"prompt\":\"Hello\",\"return_token_strs\":true}");
        int[] expected = TestModel.SERVED.tokenizer().encode("Hello", true);
        assertThat(answer.get("count").asInt()).isEqualTo(expected.length);
        assertThat(answer.get("max_model_len").asInt()).isEqualTo(512);
        assertThat(ints(answer.get("tokens"))).isEqualTo(box(expected));
        assertThat(answer.get("token_strs")).hasSize(expected.length);
        assertThat(ok("/tokenize", "{\"prompt\":\"Hello\",\"add_special_tokens\":false}").get("token_strs")
                .isNull()).isTrue();
        JsonNode chat = ok("/tokenize", "{" + CHAT + ",\"add_generation_prompt\":false}");
        assertThat(ok("/detokenize", "{\"tokens\":" + chat.get("tokens") + "}").get("prompt").stringValue())
                .isEqualTo("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>");
        assertThat(server.post("/detokenize", "{\"tokens\":[99999]}").statusCode()).isEqualTo(400);
        assertThat(server.post("/detokenize", "{}").statusCode()).isEqualTo(400);
        assertThat(server.post("/tokenize", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void theOperatorsEndpointsAnswer() {
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        assertThat(server.get("/ping").statusCode()).isEqualTo(200);
        assertThat(server.get("/version").body()).contains("version");
        assertThat(server.get("/v1/models/org%2Falias").statusCode()).isEqualTo(200);
        assertThat(server.get("/v1/models/org/alias").statusCode()).isEqualTo(200);
        server.engine.breakDown("planned");
        HttpResponse<String> dead = server.get("/health");
        assertThat(dead.statusCode()).isEqualTo(503);
        assertThat(dead.body()).contains("planned").contains("engine_dead");
    }

    @Test
    void metricsTellWhatHappened() {
        ok("/v1/chat/completions", "{" + CHAT + ",\"nonsense\":1}");
        server.post("/v1/chat/completions", "{}");
        HttpResponse<String> metrics = server.get("/metrics");
        assertThat(metrics.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        String label = "model_name=\"" + TestModel.NAME + "\"";
        assertThat(metrics.body()).contains("pigou:kv_blocks{" + label + "} 100.0",
                "pigou:request_success_total{finished_reason=\"stop\"," + label + "} 1.0",
                "pigou:time_to_first_token_seconds_count{" + label + "} 1",
                "pigou:request_ignored_fields_total{" + label + "} 1.0",
                "pigou:prompt_tokens_total{" + label + "} 10.0", "path=\"/v1/chat/completions\"} 1.0");
    }

    @Test
    void requestIdsComeBack() {
        HttpRequest request = HttpRequest.newBuilder(server.uri("/health")).header("x-request-id", "mine-1")
                .build();
        assertThat(server.send(request).headers().firstValue("x-request-id")).hasValue("mine-1");
        assertThat(server.get("/health").headers().firstValue("x-request-id")).isPresent();
    }

    private JsonNode ok(String path, String body) {
        HttpResponse<String> response = server.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.json(response);
    }

    private List<JsonNode> chunks(String body) {
        List<String> events = stream("/v1/chat/completions", body);
        return events.subList(0, events.size() - 1).stream().map(TestServer::json).toList();
    }

    private List<String> stream(String path, String body) {
        HttpResponse<String> response = server.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type"))
                .hasValue("text/event-stream; charset=utf-8");
        assertThat(response.body()).endsWith("\n\n");
        List<String> events = new ArrayList<>();
        for (String event : response.body().split("\n\n", -1)) {
            if (!event.isEmpty()) {
                assertThat(event).startsWith("data: ").doesNotContain("\n");
                events.add(event.substring(6));
            }
        }
        return events;
    }

    private static int tokens(String text) { return TestModel.tokens(text).length; }

    private static List<Integer> ints(JsonNode list) {
        List<Integer> values = new ArrayList<>();
        list.forEach(value -> values.add(value.asInt()));
        return values;
    }

    private static List<Integer> box(int[] values) { return Arrays.stream(values).boxed().toList(); }

    private static Byte[] box(byte[] values) {
        Byte[] boxed = new Byte[values.length];
        Arrays.setAll(boxed, i -> values[i]);
        return boxed;
    }
}
