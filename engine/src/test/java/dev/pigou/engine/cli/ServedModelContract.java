package dev.pigou.engine.cli;

import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.completions.CompletionUsage;
import dev.pigou.engine.cli.RunningServer.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A golden model behind the real server, asked by OpenAI's own client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServedModelContract {
    private static final String PROSE = "The quick brown fox jumps over the lazy dog while the river runs by, and"
            + " nobody in the valley can say where it will be by the evening.";

    private final String model;
    private final List<Golden> golden;
    private final RunningServer running;

    ServedModelContract(String model) {
        this.model = model;
        golden = RunningServer.golden(model);
        running = RunningServer.serve(RunningServer.GOLDEN.resolve(model), "--max-num-seqs", "64",
                "--max-num-batched-tokens", "256");
    }

    @AfterAll
    void stop() { running.close(); }

    @AfterEach
    void noBlockIsLost() {
        running.awaitMetric("pigou:kv_blocks_used", 0);
        assertThat(running.metric("pigou:num_requests_running")).isZero();
        assertThat(running.metric("pigou:num_requests_waiting")).isZero();
    }

    @Test
    void aChatIsTheSameWholeAndStreamed() {
        ChatCompletionCreateParams params = chat(PROSE).maxCompletionTokens(20).temperature(0).build();
        ChatCompletion whole = running.client.chat().completions().create(params);
        assertThat(whole.model()).isEqualTo(model);
        assertThat(usage(whole).completionTokens()).isBetween(1L, 20L);
        ChatCompletionAccumulator sum = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream = running.client.chat().completions()
                .createStreaming(params.toBuilder()
                        .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build())) {
            stream.stream().forEach(sum::accumulate);
        }
        ChatCompletion streamed = sum.chatCompletion();
        assertThat(streamed.choices().getFirst().message().content())
                .isEqualTo(whole.choices().getFirst().message().content());
        assertThat(streamed.choices().getFirst().finishReason())
                .isEqualTo(whole.choices().getFirst().finishReason());
        assertThat(usage(streamed).totalTokens()).isEqualTo(usage(whole).totalTokens());
    }

    @Test
    void tokenIdsContinueAsTheReferenceSays() { assertGolden(); }

    private void assertGolden() {
        for (Golden expected : golden) {
            CompletionChoice choice = complete(greedy(expected)).choices().getFirst();
            assertThat(ids(choice, "token_ids")).containsExactly(expected.ids());
            assertThat(ids(choice, "prompt_token_ids")).containsExactly(expected.prompt());
            assertThat(choice.finishReason()).isEqualTo(CompletionChoice.FinishReason.LENGTH);
        }
    }

    @Test
    void thirtyTwoClientsGetWhatOneGetsAlone() throws Exception {
        var answers = new ArrayList<Future<CompletionChoice>>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 32; i++) {
                Golden asked = golden.get(i % golden.size());
                Callable<CompletionChoice> client = () -> complete(greedy(asked)).choices().getFirst();
                answers.add(clients.submit(client));
            }
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(ids(answers.get(i).get(), "token_ids")).as("client %d", i)
                    .containsExactly(golden.get(i % golden.size()).ids());
        }
    }

    @Test
    void seededChoicesDifferFromEachOtherAndComeAgain() {
        CompletionCreateParams params = CompletionCreateParams.builder().model(model).prompt(PROSE).n(3)
                .seed(42).temperature(1).maxTokens(24).build();
        List<String> first = texts(running.client.completions().create(params));
        assertThat(first).hasSize(3).doesNotHaveDuplicates();
        assertThat(texts(running.client.completions().create(params))).isEqualTo(first);
        assertThat(texts(running.client.completions().create(params.toBuilder().seed(43).build())))
                .isNotEqualTo(first);
    }

    @Test
    void anAnswerEndsAtAStopStringThatLiesAcrossTwoTokens() {
        Border border = golden.stream().flatMap(this::borders).findFirst().orElseThrow(
                () -> new AssertionError("no answer has two neighbouring tokens of plain letters"));
        CompletionChoice stopped = complete(greedy(border.asked).stop(border.stop)).choices().getFirst();
        assertThat(stopped.text()).isEqualTo(border.whole.substring(0, border.whole.indexOf(border.stop)));
        assertThat(stopped.finishReason()).isEqualTo(CompletionChoice.FinishReason.STOP);
        assertThat(extra(stopped, "stop_reason").convert(String.class)).isEqualTo(border.stop);
    }

    @Test
    void theLogProbabilitiesOfAnAnswerAreThoseOfTheSameTextEchoed() {
        Golden asked = golden.stream().filter(one -> one.prompt().length > 20).findFirst().orElseThrow();
        CompletionChoice.Logprobs said = complete(greedy(asked).logprobs(2)).choices().getFirst().logprobs()
                .orElseThrow();
        int[] both = IntStream.concat(Arrays.stream(asked.prompt()), Arrays.stream(asked.ids())).toArray();
        JsonNode echoed = running
                .json("/v1/completions",
                        "{\"prompt\": " + Arrays.toString(both)
                                + ", \"echo\": true, \"logprobs\": 2, \"max_tokens\": 0, \"temperature\": 0}")
                .at("/choices/0");
        JsonNode scores = echoed.at("/logprobs/token_logprobs");
        assertThat(scores.size()).isEqualTo(both.length);
        assertThat(scores.get(0).isNull()).as("nothing comes before the first token").isTrue();
        List<Double> answer = said.tokenLogprobs().orElseThrow();
        double sum = 0;
        double sumEchoed = 0;
        for (int i = 0; i < answer.size(); i++) {
            double again = scores.get(asked.prompt().length + i).asDouble();
            assertThat(again).as("token %d", i).isCloseTo(answer.get(i), within(1e-3));
            sum += answer.get(i);
            sumEchoed += again;
        }
        assertThat(sumEchoed).isCloseTo(sum, within(1e-2)).isNegative();
    }

    @Test
    void theSecondOfTwoEqualPromptsIsCached() {
        ChatCompletionCreateParams params = chat("Once more: " + PROSE).maxCompletionTokens(4).build();
        CompletionUsage first = usage(running.client.chat().completions().create(params));
        CompletionUsage second = usage(running.client.chat().completions().create(params));
        assertThat(first.promptTokens()).isEqualTo(second.promptTokens()).isGreaterThan(32);
        assertThat(cached(first)).isLessThan(cached(second));
        assertThat(cached(second)).isEqualTo((second.promptTokens() - 1) / 16 * 16);
    }

    @Test
    void badRequestsAreAnsweredAndLeaveNothingBehind() {
        for (String body : List.of("", "{", "[]", "{\"prompt\": 1}", "{\"prompt\": \"\"}", "{\"prompt\": []}",
                "{\"prompt\": [-1]}", "{\"prompt\": [999999]}", "{\"prompt\": \"a\", \"n\": 0}",
                "{\"prompt\": \"a\", \"temperature\": -1}", "{\"prompt\": \"a\", \"top_p\": \"x\"}",
                "{\"prompt\": \"a\", \"max_tokens\": 1000000}", "{\"prompt\": \"a\", \"model\": \"gpt-9\"}",
                "{\"prompt\": \"a\", \"stop\": [1]}", "{\"prompt\": [[1], []]}",
                "{\"prompt\": \"" + "word ".repeat(20_000) + "\"}", "{\"a\":".repeat(500), "\ud800")) {
            assertThat(running.post("/v1/completions", body).statusCode()).as(body).isBetween(400, 404);
            assertThat(running.post("/v1/chat/completions", body).statusCode()).as(body).isBetween(400, 404);
        }
        assertGolden();
    }

    @Test
    void theTerminalChatSaysWhatTheApiSays() {
        String url = running.uri("/v1/").toString();
        String expected = running.client.chat().completions()
                .create(chat(PROSE).maxCompletionTokens(12).temperature(0).build()).choices().getFirst()
                .message().content().orElseThrow();
        Invocation run = Invocation.of("chat", "--url", url, "--temperature", "0", "--max-tokens", "12",
                PROSE);
        assertThat(run).isEqualTo(new Invocation(0, expected + "\n", ""));
        Invocation refused = Invocation.of("chat", "--url", url, "--max-tokens", "1000000", "Hi");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).startsWith("pigou: the server refused (400): ").hasLineCount(1);
    }

    private ChatCompletionCreateParams.Builder chat(String message) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(message);
    }

    private CompletionCreateParams.Builder greedy(Golden asked) {
        return CompletionCreateParams.builder().model(model).promptOfArrayOfTokens(asked.promptIds())
                .temperature(0).maxTokens(asked.ids().length)
                .putAdditionalBodyProperty("ignore_eos", JsonValue.from(true))
                .putAdditionalBodyProperty("return_token_ids", JsonValue.from(true));
    }

    private Completion complete(CompletionCreateParams.Builder params) {
        return running.client.completions().create(params.build());
    }

    private static CompletionUsage usage(ChatCompletion completion) {
        return completion.usage().orElseThrow();
    }

    private static long cached(CompletionUsage usage) {
        return usage.promptTokensDetails().orElseThrow().cachedTokens().orElseThrow();
    }

    private static List<String> texts(Completion completion) {
        return completion.choices().stream().map(CompletionChoice::text).toList();
    }

    private static int[] ids(CompletionChoice choice, String field) {
        return Objects.requireNonNull(extra(choice, field).convert(int[].class));
    }

    /** A field of vLLM's that OpenAI's client has no getter for. */
    @SuppressWarnings("deprecation")
    private static JsonValue extra(CompletionChoice choice, String field) {
        return Objects.requireNonNull(choice._additionalProperties().get(field), field);
    }

    /** Where two tokens of plain letters meet, and nowhere earlier: the last letter of one and the first of the next. */
    private record Border(Golden asked, String whole, String stop) {}

    private Stream<Border> borders(Golden asked) {
        CompletionChoice choice = complete(greedy(asked).logprobs(0)).choices().getFirst();
        List<String> tokens = choice.logprobs().orElseThrow().tokens().orElseThrow();
        return IntStream.range(1, tokens.size())
                .filter(i -> tokens.get(i - 1).matches("[ -~]+") && tokens.get(i).matches("[ -~]+"))
                .mapToObj(i -> new Border(asked, choice.text(),
                        tokens.get(i - 1).substring(tokens.get(i - 1).length() - 1)
                                + tokens.get(i).charAt(0)))
                .filter(border -> tokens.stream().noneMatch(token -> token.contains(border.stop)));
    }
}
