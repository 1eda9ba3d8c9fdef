package dev.pigou.engine.openai;

import dev.pigou.scheduler.SamplingParams;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is read of a request, and what is said of one that is wrong. */
class RequestFieldsTest {
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            temperature            | "temperature":"1"
            temperature            | "temperature":-0.1
            temperature            | "temperature":1e999
            temperature            | "temperature":1e39
            temperature            | "temperature":true
            top_p                  | "top_p":0
            top_p                  | "top_p":1.5
            top_k                  | "top_k":-2
            top_k                  | "top_k":1.0
            min_p                  | "min_p":2
            repetition_penalty     | "repetition_penalty":0
            presence_penalty       | "presence_penalty":3
            frequency_penalty      | "frequency_penalty":-3
            n                      | "n":0
            n                      | "n":129
            n                      | "n":"2"
            n                      | "n":99999999999999999999
            seed                   | "seed":1.5
            seed                   | "seed":99999999999999999999
            stop                   | "stop":5
            stop                   | "stop":""
            stop                   | "stop":["a",""]
            stop[1]                | "stop":["a",null]
            stop                   | "stop":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17"]
            stop_token_ids         | "stop_token_ids":[2048]
            stop_token_ids[0]      | "stop_token_ids":["7"]
            stop_token_ids         | "stop_token_ids":7
            ignore_eos             | "ignore_eos":"yes"
            max_tokens             | "max_tokens":0
            max_tokens             | "max_tokens":-1
            max_completion_tokens  | "max_completion_tokens":1.5
            logprobs               | "logprobs":3
            top_logprobs           | "top_logprobs":3
            top_logprobs           | "logprobs":true,"top_logprobs":6
            logit_bias             | "logit_bias":[1]
            logit_bias             | "logit_bias":{"a":1}
            logit_bias             | "logit_bias":{"2048":1}
            logit_bias             | "logit_bias":{"5":101}
            logit_bias.5           | "logit_bias":{"5":"1"}
            cache_salt             | "cache_salt":""
            cache_salt             | "cache_salt":7
            prompt_cache_options   | "prompt_cache_options":"30m"
            prompt_cache_options.ttl  | "prompt_cache_options":{"ttl":"0s"}
            prompt_cache_options.ttl  | "prompt_cache_options":{"ttl":"25h"}
            prompt_cache_options.ttl  | "prompt_cache_options":{"ttl":"-5m"}
            prompt_cache_options.ttl  | "prompt_cache_options":{"ttl":"half an hour"}
            prompt_cache_options.ttl  | "prompt_cache_options":{"ttl":1800}
            prompt_cache_options.mode | "prompt_cache_options":{"mode":"explicit"}
            prompt_cache_options.tll  | "prompt_cache_options":{"tll":"30m"}
            """)
    void aWrongSamplingFieldIsNamed(String param, String field) {
        assertChatRefused(param, "{" + MESSAGES + "," + field + "}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            stream                 | "stream":1
            stream_options         | "stream_options":{"include_usage":true}
            stream_options         | "stream":true,"stream_options":true
            stream_options.include_usage | "stream":true,"stream_options":{"include_usage":1}
            response_format        | "response_format":{"type":"json_object"}
            response_format        | "response_format":"text"
            tool_choice            | "tool_choice":"required"
            tools                  | "tools":{}
            tools[0]               | "tools":[1]
            continue_final_message | "continue_final_message":true
            chat_template_kwargs   | "chat_template_kwargs":[]
            model                  | "model":7
            functions              | "functions":[{}]
            """)
    void aWrongChatFieldIsNamed(String param, String field) {
        assertChatRefused(param, "{" + MESSAGES + "," + field + "}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            messages                       | "x":1
            messages                       | "messages":null
            messages                       | "messages":[]
            messages                       | "messages":"Hi"
            messages[0]                    | "messages":["Hi"]
            messages[0].role               | "messages":[{"content":"Hi"}]
            messages[0].role               | "messages":[{"role":"robot","content":"Hi"}]
            messages[0].content            | "messages":[{"role":"user"}]
            messages[0].content            | "messages":[{"role":"user","content":5}]
            messages[0].content[0]         | "messages":[{"role":"user","content":["Hi"]}]
            messages[0].content[0].text    | "messages":[{"role":"user","content":[{"type":"text"}]}]
            messages[0].content[1].type    | "messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{}}]}]
            """)
    void aWrongMessageIsNamed(String param, String field) { assertChatRefused(param, "{" + field + "}"); }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            prompt       | "x":1
            prompt       | "prompt":null
            prompt       | "prompt":""
            prompt       | "prompt":[]
            prompt[0]    | "prompt":[[]]
            prompt[1]    | "prompt":["a",""]
            prompt       | "prompt":{}
            prompt       | "prompt":5
            prompt[1]    | "prompt":["a",5]
            prompt[1]    | "prompt":[5,"a"]
            prompt       | "prompt":[2048]
            prompt       | "prompt":[-1]
            prompt       | "prompt":[5000000000]
            prompt[0]    | "prompt":[1.5]
            prompt[0]    | "prompt":[[5,-7]]
            logprobs     | "prompt":"a","logprobs":true
            logprobs     | "prompt":"a","logprobs":6
            max_tokens   | "prompt":"a","max_tokens":0
            suffix       | "prompt":"a","suffix":"b"
            best_of      | "prompt":"a","best_of":3
            echo         | "prompt":"a","echo":"no"
            """)
    void aWrongCompletionFieldIsNamed(String param, String field) {
        assertThatThrownBy(() -> completion("{" + field + "}")).isInstanceOfSatisfying(ApiException.class,
                e -> {
                    assertThat(e.error().status()).isEqualTo(400);
                    assertThat(e.error().param()).isEqualTo(param);
                });
    }

    @Test
    void anUnknownModelIsNotFoundAndAnAliasIs() {
        assertThatThrownBy(() -> chat("{\"model\":\"gpt\"," + MESSAGES + "}"))
                .isInstanceOfSatisfying(ApiException.class, e -> {
                    assertThat(e.error().status()).isEqualTo(404);
                    assertThat(e.error().code()).isEqualTo("model_not_found");
                });
        assertThat(chat("{\"model\":\"org/alias\"," + MESSAGES + "}").modelName()).isEqualTo("org/alias");
        assertThat(chat("{" + MESSAGES + "}").modelName()).isEqualTo(TestModel.NAME);
    }

    @Test
    void nullMeansAbsent() {
        ChatRequest request = chat("{" + MESSAGES
                + ",\"temperature\":null,\"n\":null,\"stop\":null,\"stream\":null,"
                + "\"stream_options\":null,\"logit_bias\":null,\"max_tokens\":null,\"response_format\":null}");
        assertThat(request.options().choices()).isEqualTo(1);
        assertThat(request.options().stream()).isFalse();
        assertThat(request.prompt().sampling().temperature()).isEqualTo(1f);
    }

    @Test
    void everySamplingFieldReachesTheEngine() {
        SamplingParams sampling = chat("{" + MESSAGES
                + ",\"temperature\":0.5,\"top_p\":0.9,\"top_k\":40,\"min_p\":0.1,"
                + "\"seed\":-7,\"presence_penalty\":1,\"frequency_penalty\":-1,\"repetition_penalty\":1.2,"
                + "\"logit_bias\":{\"5\":-100,\"6\":2.5},\"stop_token_ids\":[9,8],\"ignore_eos\":true,\"logprobs\":true,"
                + "\"top_logprobs\":4,\"max_tokens\":99,\"max_completion_tokens\":11}").prompt().sampling();
        assertThat(sampling.temperature()).isEqualTo(0.5f);
        assertThat(sampling.topP()).isEqualTo(0.9f);
        assertThat(sampling.topK()).isEqualTo(40);
        assertThat(sampling.minP()).isEqualTo(0.1f);
        assertThat(sampling.seed()).hasValue(-7);
        assertThat(sampling.presencePenalty()).isEqualTo(1f);
        assertThat(sampling.frequencyPenalty()).isEqualTo(-1f);
        assertThat(sampling.repetitionPenalty()).isEqualTo(1.2f);
        assertThat(sampling.biasTokens()).containsExactly(5, 6);
        assertThat(sampling.biasValues()).containsExactly(-100f, 2.5f);
        assertThat(sampling.stopTokenIds()).containsExactly(8, 9);
        assertThat(sampling.ignoreEos()).isTrue();
        assertThat(sampling.logprobs()).isEqualTo(4);
        assertThat(sampling.maxTokens()).as("the newer name wins").isEqualTo(11);
    }

    @Test
    void withoutMaxTokensAChatFillsTheContextAndACompletionIsShort() {
        ChatRequest chat = chat("{" + MESSAGES + "}");
        assertThat(chat.prompt().sampling().maxTokens())
                .isEqualTo(TestModel.LIMITS.maxModelLen() - chat.prompt().tokens().length);
        assertThat(completion("{\"prompt\":\"a\"}").prompts().getFirst().sampling().maxTokens())
                .isEqualTo(16);
    }

    @Test
    void whatCannotFitIsRefusedInVllmsWords() {
        String ids = "1,".repeat(511) + "1";
        assertThatThrownBy(() -> completion("{\"prompt\":[" + ids + "]}")).hasMessageContaining(
                "This model's maximum context length is 512 tokens. However, your request has 512 input tokens.");
        assertThatThrownBy(() -> completion("{\"prompt\":[" + ids + ",1]}"))
                .hasMessageContaining("513 input tokens");
        assertThatThrownBy(() -> completion("{\"prompt\":[1,2],\"max_tokens\":511}")).hasMessageContaining(
                "However, you requested 513 tokens (2 in the input, 511 in the completion).");
        assertThatThrownBy(() -> completion("{\"prompt\":[1,2],\"max_tokens\":2147483647}"))
                .hasMessageContaining("you requested 2147483649 tokens");
        assertThat(completion("{\"prompt\":[1,2],\"max_tokens\":510}").prompts()).hasSize(1);
        assertThat(completion("{\"prompt\":[" + ids + "],\"echo\":true,\"max_tokens\":0}").prompts())
                .hasSize(1);
    }

    @Test
    void theTemplateWritesTheConversation() {
        ChatRequest request = chat(
                "{\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\","
                        + "\"content\":[{\"type\":\"text\",\"text\":\"Hi\"},{\"type\":\"text\",\"text\":\"you\"}]}]}");
        assertThat(decode(request.prompt().tokens())).isEqualTo("<|begin_of_text|><|start_header_id|>system"
                + "<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi\nyou<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    @Test
    void aFinalMessageCanBeContinued() {
        ChatRequest request = chat(
                "{\"add_generation_prompt\":false,\"continue_final_message\":true,\"messages\":["
                        + "{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Well, \"}]}");
        assertThat(decode(request.prompt().tokens())).endsWith("assistant<|end_header_id|>\n\nWell,");
    }

    @Test
    void promptsComeInFourShapes() {
        int[] hello = TestModel.SERVED.tokenizer().encode("Hello", true);
        assertThat(completion("{\"prompt\":\"Hello\"}").prompts()).extracting(Prompt::tokens)
                .containsExactly(hello);
        assertThat(completion("{\"prompt\":[\"Hello\",\"Hello\"]}").prompts()).extracting(Prompt::tokens)
                .containsExactly(hello, hello);
        assertThat(completion("{\"prompt\":[5,6]}").prompts()).extracting(Prompt::tokens)
                .containsExactly(new int[]{5, 6});
        assertThat(completion("{\"prompt\":[[5,6],[7]]}").prompts()).extracting(Prompt::tokens)
                .containsExactly(new int[]{5, 6}, new int[]{7});
        assertThat(completion("{\"prompt\":\"Hello\",\"add_special_tokens\":false}").prompts())
                .extracting(Prompt::tokens).containsExactly(TestModel.tokens("Hello"));
    }

    @Test
    void unknownFieldsAreCountedAndKnownOnesAreNot() {
        Fields fields = fields("{" + MESSAGES + ",\"user\":\"u\",\"service_tier\":\"auto\",\"store\":false,"
                + "\"temperature\":1,\"colour\":\"red\",\"shape\":null}");
        Offer.read(fields);
        ChatRequest.read(fields, TestModel.SERVED);
        assertThat(fields.unknown()).isEqualTo(2);
    }

    @Test
    void theModelsRecommendationsAreTheDefaults() {
        ServedModel base = TestModel.SERVED;
        ServedModel model = new ServedModel(List.of("m"), 0, base.limits(), base.tokenizer(), base.template(),
                new SamplingDefaults(0.6f, 0.95f, 20, 0.05f, 1.1f), base.eosTokens());
        SamplingParams sampling = ChatRequest.read(fields("{" + MESSAGES + ",\"top_k\":5}"), model).prompt()
                .sampling();
        assertThat(sampling.temperature()).isEqualTo(0.6f);
        assertThat(sampling.topP()).isEqualTo(0.95f);
        assertThat(sampling.topK()).isEqualTo(5);
        assertThat(sampling.minP()).isEqualTo(0.05f);
        assertThat(sampling.repetitionPenalty()).isEqualTo(1.1f);
    }

    private static void assertChatRefused(String param, String body) {
        assertThatThrownBy(() -> chat(body)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.error().status()).isEqualTo(400);
            assertThat(e.error().param()).isEqualTo(param);
            assertThat(e.error().message()).isNotBlank();
        });
    }

    private static ChatRequest chat(String body) { return ChatRequest.read(fields(body), TestModel.SERVED); }

    private static CompletionRequest completion(String body) {
        return CompletionRequest.read(fields(body), TestModel.SERVED);
    }

    private static Fields fields(String body) {
        return Fields.of(Json.parse(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String decode(int[] tokens) { return TestModel.SERVED.tokenizer().decode(tokens, false); }
}
