package dev.pigou.engine.http;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import dev.pigou.engine.Submission;
import dev.pigou.engine.openai.TestModel;
import dev.pigou.engine.tenant.ApiKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** OpenAI's own client must not notice that it talks to somebody else. */
class OpenAiClientTest {
    private final TestServer server = new TestServer(config -> config.withKeys(ApiKeys.single("sesame")));
    private final OpenAIClient client = client("sesame");

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void aChatIsAnswered() {
        ChatCompletion completion = client.chat().completions().create(chat().build());
        assertThat(completion.id()).startsWith("chatcmpl-");
        assertThat(completion.model()).isEqualTo(TestModel.NAME);
        assertThat(completion.choices()).singleElement().satisfies(choice -> {
            assertThat(choice.message().content()).hasValue("Hello there, world.");
            assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        });
        long prompt = server.engine.requests().getFirst().promptTokens().length;
        assertThat(completion.usage()).hasValueSatisfying(usage -> {
            assertThat(usage.promptTokens()).isEqualTo(prompt);
            assertThat(usage.completionTokens())
                    .isEqualTo(TestModel.tokens("Hello there, world.").length + 1);
            assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + usage.completionTokens());
            assertThat(usage.promptTokensDetails().orElseThrow().cachedTokens()).hasValue(prompt / 2);
        });
    }

    @Test
    void aStreamAddsUpToTheSameAnswer() {
        ChatCompletionCreateParams params = chat().n(2).logprobs(true).topLogprobs(2)
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build();
        ChatCompletionAccumulator sum = ChatCompletionAccumulator.create();
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions()
                .createStreaming(params)) {
            stream.stream().peek(chunks::add).forEach(sum::accumulate);
        }
        ChatCompletion completion = sum.chatCompletion();
        assertThat(completion.choices()).hasSize(2).allSatisfy(choice -> {
            assertThat(choice.message().content()).hasValue("Hello there, world.");
            assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
            assertThat(choice.logprobs().orElseThrow().content().orElseThrow())
                    .hasSize(TestModel.tokens("Hello there, world.").length + 1)
                    .allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(2));
        });
        assertThat(chunks.getFirst().choices().getFirst().delta().role()).isPresent();
        assertThat(chunks.getLast().choices()).isEmpty();
        assertThat(chunks.getLast().usage().orElseThrow().completionTokens())
                .isEqualTo(2L * (TestModel.tokens("Hello there, world.").length + 1));
    }

    @Test
    void aCompletionIsAnsweredForEachPromptAndChoice() {
        Completion completion = client.completions()
                .create(CompletionCreateParams.builder().model(TestModel.NAME)
                        .promptOfArrayOfStrings(List.of("One", "Two", "Three")).n(2).echo(true).maxTokens(2)
                        .build());
        assertThat(completion.choices()).extracting(choice -> choice.index()).containsExactly(0L, 1L, 2L, 3L,
                4L, 5L);
        assertThat(completion.choices().get(3).text()).startsWith("Two")
                .isEqualTo(completion.choices().get(2).text());
        assertThat(completion.choices())
                .allSatisfy(choice -> assertThat(choice.finishReason()).hasToString("length"));
    }

    @Test
    void modelsAreListedAndFound() {
        assertThat(client.models().list().data()).extracting(model -> model.id())
                .containsExactly(TestModel.NAME, "org/alias");
        assertThat(client.models().retrieve(TestModel.NAME).ownedBy()).isEqualTo("pigou");
        assertThatThrownBy(() -> client.models().retrieve("gpt-9")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void errorsArriveAsTheClientsOwn() {
        assertThatThrownBy(() -> client.chat().completions().create(chat().temperature(-1).build()))
                .isInstanceOfSatisfying(BadRequestException.class,
                        e -> assertThat(e.param()).hasValue("temperature"));
        assertThatThrownBy(() -> client.chat().completions().create(chat().model("gpt-9").build()))
                .isInstanceOfSatisfying(NotFoundException.class,
                        e -> assertThat(e.code()).hasValue("model_not_found"));
        OpenAIClient stranger = client("mellon");
        assertThatThrownBy(() -> stranger.models().list()).isInstanceOfSatisfying(UnauthorizedException.class,
                e -> assertThat(e.code()).hasValue("invalid_api_key"));
        stranger.close();
    }

    @Test
    void aFullQueueSaysWhenToComeBack() {
        server.engine.refuse(new Submission.QueueFull(7, Duration.ofMillis(1250)));
        assertThatThrownBy(() -> client.chat().completions().create(chat().build()))
                .isInstanceOfSatisfying(RateLimitException.class, e -> {
                    assertThat(e.code()).hasValue("queue_full");
                    assertThat(e.type()).hasValue("rate_limit_error");
                    assertThat(e.headers().values("retry-after")).containsExactly("2");
                    assertThat(e.headers().values("retry-after-ms")).containsExactly("1250");
                });
        server.engine.refuse(new Submission.ShuttingDown());
        assertThatThrownBy(() -> client.chat().completions().create(chat().build())).isInstanceOfSatisfying(
                InternalServerException.class, e -> assertThat(e.statusCode()).isEqualTo(503));
    }

    @Test
    void aModelThatFailsIsAServerError() {
        server.engine.failAfter(0);
        assertThatThrownBy(() -> client.chat().completions().create(chat().build())).isInstanceOfSatisfying(
                InternalServerException.class, e -> assertThat(e.type()).hasValue("server_error"));
        assertThatThrownBy(() -> client.chat().completions().createStreaming(chat().build()))
                .as("before the first token a stream still has a status")
                .isInstanceOf(InternalServerException.class);
    }

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder().baseUrl(server.uri("/v1").toString()).apiKey(key).maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model(TestModel.NAME).addUserMessage("Hi");
    }
}
