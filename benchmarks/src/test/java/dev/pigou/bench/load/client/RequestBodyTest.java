package dev.pigou.bench.load.client;

import dev.pigou.bench.load.workload.Bid;
import dev.pigou.bench.load.workload.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class RequestBodyTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void onlyWhatABidSaysIsSent() {
        JsonNode bare = body(Api.COMPLETIONS, text("a", "b"), Bid.NONE);
        assertThat(bare.propertyNames()).containsExactlyInAnyOrder("model", "prompt", "max_tokens", "stream",
                "stream_options", "ignore_eos", "top_p");
        var bid = new Bid(Optional.of("flex"), OptionalDouble.of(2), OptionalDouble.empty(),
                OptionalDouble.of(0.5), OptionalLong.of(900));
        JsonNode full = body(Api.COMPLETIONS, text("a"), bid);
        assertThat(full.path("service_tier").stringValue()).isEqualTo("flex");
        assertThat(full.path("pigou"))
                .isEqualTo(JSON.readTree("{\"value\":2.0,\"max_price\":0.5,\"deadline_ms\":900}"));
    }

    @Test
    void extraFieldsTakeThePlaceOfOurs() {
        var target = new Target("t", BaseUrl.of("http://localhost:1"), Api.CHAT, "/v1/chat/completions",
                Optional.of("m"), Optional.empty(), Map.of(), Optional.empty(), OptionalDouble.of(0),
                Map.of("max_tokens", 5, "nested", Map.of("a", List.of(1))), Duration.ofSeconds(1));
        JsonNode json = JSON.readTree(new RequestBody(target).write(text("hi"), 99, Bid.NONE));
        assertThat(json).isEqualTo(JSON.readTree("""
                {"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"temperature":0.0,
                "stream_options":{"include_usage":true},"max_tokens":5,"nested":{"a":[1]}}"""));
    }

    @Test
    void aLaterTurnFollowsWhatWasSaidBefore() {
        var chat = text("one ", "two ", "three");
        assertThat(body(Api.CHAT, chat, Bid.NONE).path("messages").toString()).isEqualTo("""
                [{"role":"user","content":"one "},{"role":"assistant","content":"answer "},\
                {"role":"user","content":"two "},{"role":"assistant","content":"answer "},\
                {"role":"user","content":"three"}]""");
        assertThat(body(Api.COMPLETIONS, chat, Bid.NONE).path("prompt").stringValue())
                .isEqualTo("one answer two answer three");
        assertThat(chat.promptTokens()).isEqualTo(3 * 10 + 2 * 4);
    }

    @Test
    void promptsOfIdsLeaveAnswersOut() {
        var conversation = new Conversation();
        conversation.ask(new Prompt.TokenIds(new int[]{1, 2}));
        conversation.answer("text whose ids nobody knows", 4);
        conversation.ask(new Prompt.TokenIds(new int[]{3}));
        assertThat(body(Api.COMPLETIONS, conversation, Bid.NONE).path("prompt").toString())
                .isEqualTo("[1,2,3]");
        assertThat(conversation.promptTokens()).isEqualTo(3);
        assertThatThrownBy(() -> body(Api.CHAT, conversation, Bid.NONE))
                .hasMessageContaining("--backend openai");
    }

    @Test
    void aBaseUrlMayEndInItsVersionOrNot() {
        for (String text : List.of("http://h:8000", "http://h:8000/", "http://h:8000/v1",
                "http://h:8000/v1/")) {
            assertThat(BaseUrl.of(text)).as(text).isEqualTo(new BaseUrl("h", 8000, ""));
        }
        assertThat(BaseUrl.of("http://h/api/v1").path("/v1/models")).isEqualTo("/api/v1/models");
        assertThat(BaseUrl.of("http://[::1]:80").resolve("/v1/models").toString())
                .isEqualTo("http://[::1]:80/v1/models");
        for (String text : List.of("localhost:8000", "https://h", "http://", "http://h:x", "", "ftp://h",
                "http://a b", "http://user:word@h")) {
            assertThatThrownBy(() -> BaseUrl.of(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Conversation text(String... prompts) {
        var conversation = new Conversation();
        for (int i = 0; i < prompts.length; i++) {
            if (i > 0) {
                conversation.answer("answer ", 4);
            }
            conversation.ask(new Prompt.Text(prompts[i], 10));
        }
        return conversation;
    }

    private static JsonNode body(Api api, Conversation conversation, Bid bid) {
        var target = new Target("t", BaseUrl.of("http://localhost:1"), api, api.path(), Optional.of("m"),
                Optional.empty(), Map.of(), Optional.of(true), OptionalDouble.empty(), Map.of("top_p", 1),
                Duration.ofSeconds(1));
        return JSON.readTree(new RequestBody(target).write(conversation, 8, bid));
    }
}
