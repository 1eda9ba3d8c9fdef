package dev.pigou.bench.cli;

import dev.pigou.bench.load.client.Api;
import dev.pigou.bench.load.client.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class TargetFlagsTest {
    @Command
    static final class Flags {
        @Mixin
        private final TargetFlags target = new TargetFlags();
        @Mixin
        private final RunFlags run = new RunFlags();
    }

    @Test
    void severalServersAreGivenByCommasOrByRepeating() {
        List<Target> targets = parse("--base-url", "http://a:1,http://b:2/v1", "--base-url", "http://c:3",
                "--label", "x,y,z", "--model", "m", "--backend", "openai-chat").target.targets();
        assertThat(targets).extracting(Target::label).containsExactly("x", "y", "z");
        assertThat(targets).extracting(target -> target.baseUrl().toString()).containsExactly("http://a:1",
                "http://b:2", "http://c:3");
        assertThat(targets).allMatch(target -> target.model().equals(Optional.of("m"))
                && target.api() == Api.CHAT && target.endpoint().equals("/v1/chat/completions"));
    }

    @Test
    void everyFlagReachesTheTarget() {
        Target target = parse("--endpoint", "/other/chat/completions", "--api-key", "k", "--header", "A=b=c",
                "--header", "D=e", "--no-ignore-eos", "--temperature", "0.5", "--extra-body",
                "{\"top_p\": 0.9, \"n\": {\"x\": [1]}}", "--request-timeout", "1.5").target.targets()
                .getFirst();
        assertThat(target.baseUrl().toString()).isEqualTo("http://127.0.0.1:8000");
        assertThat(target.label()).isEqualTo("127.0.0.1:8000");
        assertThat(target.api()).isEqualTo(Api.CHAT);
        assertThat(target.endpoint()).isEqualTo("/other/chat/completions");
        assertThat(target.apiKey()).hasValue("k");
        assertThat(target.headers()).isEqualTo(Map.of("A", "b=c", "D", "e"));
        assertThat(target.ignoreEos()).isEmpty();
        assertThat(target.temperature()).hasValue(0.5);
        assertThat(target.extraBody()).isEqualTo(Map.of("top_p", 0.9, "n", Map.of("x", List.of(1))));
        assertThat(target.timeLimit()).isEqualTo(Duration.ofMillis(1500));
        assertThat(parse().target.targets().getFirst().ignoreEos()).hasValue(true);
        assertThat(parse("--max-concurrency", "7", "--warmup", "3").run.options().maxConcurrency())
                .isEqualTo(OptionalInt.of(7));
    }

    @Test
    void samplingIsSentByItsNamesUnlessTheExtraBodySaysOtherwise() {
        Target target = parse("--host", "h", "--top-p", "0.9", "--top-k", "5", "--min-p", "0.1",
                "--frequency-penalty", "0.2", "--presence-penalty", "0.3", "--repetition-penalty", "1.1",
                "--extra-body", "{\"top_k\": 6}", "--header", "A=b", "C=d", "--model", "org/m",
                "--served-model-name", "m").target.targets().getFirst();
        assertThat(target.baseUrl().toString()).isEqualTo("http://h:8000");
        assertThat(target.extraBody()).isEqualTo(Map.of("top_p", 0.9, "top_k", 6, "min_p", 0.1,
                "frequency_penalty", 0.2, "presence_penalty", 0.3, "repetition_penalty", 1.1));
        assertThat(target.headers()).isEqualTo(Map.of("A", "b", "C", "d"));
        assertThat(target.model()).hasValue("m");
        assertThat(parse("--port", "9").target.targets().getFirst().label()).isEqualTo("127.0.0.1:9");
    }

    @Test
    void whatCannotBeMeantIsRefusedByItsName() {
        assertThatThrownBy(() -> parse("--label", "a,b").target.targets()).hasMessageContaining("--label");
        assertThatThrownBy(() -> parse("--model", "a,b").target.targets()).hasMessageContaining("--model");
        assertThatThrownBy(() -> parse("--extra-body", "[1]").target.targets())
                .hasMessageContaining("--extra-body");
        assertThatThrownBy(() -> parse("--extra-body", "{").target.targets())
                .hasMessageContaining("--extra-body");
        assertThatThrownBy(() -> parse("--backend", "tgi").target.targets())
                .hasMessageContaining("--backend");
        assertThatThrownBy(() -> parse("--base-url", "https://h").target.targets())
                .hasMessageContaining("http");
        assertThatThrownBy(() -> parse("--base-url", "http://a", "--port", "1").target.targets())
                .hasMessageContaining("--host and --port contradict --base-url");
        assertThatThrownBy(() -> parse("--port", "70000").target.targets()).hasMessageContaining("--port");
        assertThatThrownBy(() -> parse("--request-timeout", "NaN").target.targets())
                .hasMessageContaining("--request-timeout");
        assertThatThrownBy(() -> parse("--max-concurrency", "0").run.options())
                .hasMessageContaining("--max-concurrency");
        assertThatThrownBy(() -> parse("--repeat", "0").run.repeats()).hasMessageContaining("--repeat");
    }

    private static Flags parse(String... arguments) {
        var flags = new Flags();
        new CommandLine(flags).parseArgs(arguments);
        return flags;
    }
}
