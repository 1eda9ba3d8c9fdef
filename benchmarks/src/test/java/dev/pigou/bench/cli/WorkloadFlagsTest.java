package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.Prompt;
import dev.pigou.bench.load.workload.Session;
import dev.pigou.bench.load.workload.Tenant;
import dev.pigou.bench.load.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class WorkloadFlagsTest {
    @TempDir
    private Path folder = Path.of("");
    private String trace = "";
    private String shareGpt = "";

    @BeforeEach
    void writeFiles() throws IOException {
        trace = Files.writeString(folder.resolve("trace.csv"), """
                arrival_s,tenant,input_tokens,output_tokens
                1,alice,100,10
                2,bob,200,20
                4,alice,300,30
                """).toString();
        String conversations = IntStream.range(0, 20).mapToObj(i -> """
                {"id": "%d", "conversations": [
                  {"from": "system", "value": "Be brief."},
                  {"from": "human", "value": "Question number %d, please answer it."},
                  {"from": "gpt", "value": "This is a recorded answer of forty letters"},
                  {"from": "human", "value": "And why?"}, {"from": "gpt", "value": "Because."}]}"""
                .formatted(i, i)).collect(Collectors.joining(",\n", "[", "]"));
        shareGpt = Files.writeString(folder.resolve("sharegpt.json"), conversations).toString();
    }

    @Test
    void vllmsDefaultsHold() {
        Workload workload = workload("");
        assertThat(workload.sessions()).hasSize(1000).allMatch(session -> session.arrivalSeconds() == 0);
        assertThat(workload.sessions().getFirst().turns().getFirst().outputTokens()).isEqualTo(128);
        assertThat(prompt(workload, 0)).isInstanceOf(Prompt.Text.class);
        assertThat(prompt(workload, 0).tokens()).isEqualTo(1024);
        assertThat(workload.concurrency()).isEmpty();
        assertThat(workload.settings()).containsEntry("dataset-name", "random").containsEntry("seed", 0L)
                .containsEntry("num-prompts", 1000).containsEntry("prompt-as", "text")
                .doesNotContainKeys("input-len-scale", "tenant");
    }

    @Test
    void promptsAreTokensWhereTheVocabularyIsKnownAndTheEndpointTakesThem() {
        assertThat(prompt(workload("--vocab-size 500"), 0)).isInstanceOf(Prompt.TokenIds.class);
        Workload chat = parsed("--vocab-size 500").flags.workload(false, 0);
        assertThat(prompt(chat, 0)).isInstanceOf(Prompt.Text.class);
        assertThat(prompt(workload("--vocab-size 500 --turns 2"), 0)).isInstanceOf(Prompt.Text.class);
    }

    @Test
    void aTraceIsReplayedAtItsOwnTimesDividedByTheScale() {
        Workload workload = workload("--dataset-name trace --time-scale 2 --input-len-scale 0.5"
                + " --tenant bob,key=secret,tier=flex,deadline-ms=900 --dataset-path " + trace);
        assertThat(workload.sessions()).extracting(Session::arrivalSeconds).containsExactly(0.0, 0.5, 1.5);
        assertThat(workload.sessions()).extracting(session -> session.tenant().name())
                .containsExactly("alice", "bob", "alice");
        assertThat(prompt(workload, 2).tokens()).isEqualTo(150);
        Tenant bob = workload.sessions().get(1).tenant();
        assertThat(bob.apiKey()).contains("secret");
        assertThat(bob.bid().serviceTier()).isEqualTo(Optional.of("flex"));
        assertThat(bob.bid().deadlineMs()).hasValue(900);
        assertThat(workload.settings().toString()).contains("bob,weight=1.0,tier=flex,deadline-ms=900")
                .doesNotContain("secret");
    }

    @Test
    void burstinessWithoutARateIsTakenAndNoted() {
        for (String flags : new String[]{"--burstiness 2", "--burstiness 2 --request-rate inf"}) {
            Bench bench = parsed(flags);
            assertThat(bench.flags.workload(true, 0).sessions())
                    .allMatch(session -> session.arrivalSeconds() == 0);
            assertThat(bench.flags.note())
                    .hasValueSatisfying(note -> assertThat(note).startsWith("--burstiness has no effect"));
        }
        assertThat(parsed("--burstiness 2 --request-rate 3").flags.note()).isEmpty();
    }

    @Test
    void conversationsAreAskedAndAnsweredAtTheirRecordedLengths() {
        Workload one = workload("--dataset-name sharegpt --dataset-path " + shareGpt);
        assertThat(one.sessions()).hasSize(20).allMatch(session -> session.turns().size() == 1);
        assertThat(((Prompt.Text) prompt(one, 0)).text()).startsWith("Question number ");
        assertThat(one.sessions().getFirst().turns().getFirst().outputTokens()).isEqualTo(11);

        Workload two = workload(
                "--dataset-name sharegpt-json --turns 5 --sharegpt-output-len 7 --num-prompts 3"
                        + " --dataset-path " + shareGpt);
        assertThat(two.sessions()).hasSize(3).allMatch(session -> session.turns().size() == 2);
        assertThat(two.sessions().getFirst().turns()).allMatch(turn -> turn.outputTokens() == 7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[{\"conversations\": [1|broken.json:1: is not valid JSON",
            "{}|broken.json:1: must hold a JSON array", "[]|broken.json: none of its 0 conversations",
            "[{\"conversations\": [{\"from\": \"human\"}, {\"from\": \"gpt\"}]}]|broken.json:1: a turn of the conversation"})
    void aBrokenConversationFileIsNamed(String content, String wrong) throws IOException {
        Path file = Files.writeString(folder.resolve("broken.json"), content);
        assertThatThrownBy(() -> workload("--dataset-name sharegpt-json --dataset-path " + file))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(wrong).message()
                .doesNotContain("\n");
    }

    @Test
    void aSteppedRunEndsWithItsStepsAndAClosedLoopHasNoTimes() {
        Workload stepped = workload("--rate-steps 5@10,50@10 --random-input-len 4");
        assertThat(stepped.sessions()).hasSizeBetween(400, 700);
        assertThat(stepped.sessions().getLast().arrivalSeconds()).isBetween(18.0, 20.0);
        assertThat(workload("--concurrency 4").concurrency()).hasValue(4);
    }

    @Test
    void aVariationOfOneOverRootIsTheSameAsTheBurstiness() {
        assertThat(workload("--request-rate 5 --cv 2").sessions()).extracting(Session::arrivalSeconds)
                .isEqualTo(workload("--request-rate 5 --burstiness 0.25").sessions().stream()
                        .map(Session::arrivalSeconds).toList());
        assertThat(workload("--request-rate 5 --cv 0").sessions().get(4).arrivalSeconds()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--request-rate 0|--request-rate must be above 0",
            "--request-rate NaN|--request-rate must be above 0",
            "--request-rate -3|--request-rate must be above 0",
            "--request-rate 4 --burstiness 0|--burstiness must be above 0",
            "--burstiness -1|--burstiness must be above 0",
            "--request-rate 4 --burstiness 2 --cv 1|--cv contradicts --burstiness",
            "--cv 2|--cv has no meaning without a finite --request-rate",
            "--request-rate 4 --concurrency 2|--request-rate contradicts --concurrency",
            "--request-rate 4 --rate-steps 2@3|--request-rate contradicts --rate-steps",
            "--rate-steps 0@3|--rate-steps must be a rate above 0",
            "--concurrency 0|--concurrency must be at least 1",
            "--num-prompts 0|--num-prompts must be from 1", "--turns 0|--turns must be at least 1",
            "--disconnect-share 1.5|--disconnect-share must be from 0 to 1",
            "--slow-share NaN|--slow-share must be",
            "--patience 0|--patience must be above 0, or inf, but is 0.0",
            "--disconnect-share 0.6 --slow-share 0.5|must be at most 1 together",
            "--think-time 3|--think-time has no meaning without --turns",
            "--turns 2 --prompt-as tokens --vocab-size 9|--prompt-as tokens is not possible here: a turn after",
            "--prompt-as tokens|--prompt-as tokens needs the size of the model's vocabulary",
            "--vocab-size 0|--vocab-size must be at least 1",
            "--random-range-ratio 1|--random-range-ratio must be",
            "--random-input-len 0|--random-input-len must be long enough",
            "--num-prefixes 3|--num-prefixes has no",
            "--time-scale 2|--time-scale has no meaning for --dataset-name random",
            "--dataset-name trace|--dataset-name trace needs the file to read: --dataset-path",
            "--tokenizer nowhere|--tokenizer takes the model's folder, and there is no folder nowhere",
            "--request-rate 1e-9|--request-rate must be such that all is sent within 1000000 s",
            "--tenant a --tenant a|--tenant a is given twice",
            "--dataset-name trace --dataset-path TRACE --time-scale 0|--time-scale must be above 0",
            "--dataset-name trace --dataset-path TRACE --random-input-len 5|--random-input-len has no meaning",
            "--dataset-name trace --dataset-path TRACE --turns 3|--turns contradicts --dataset-name trace",
            "--dataset-name trace --dataset-path TRACE --num-prompts 4|--num-prompts must be at most 3",
            "--dataset-name trace --dataset-path TRACE --tenant carol|--tenant carol is not in the trace, whose"})
    void whatIsImpossibleIsRefusedInOneLineThatNamesTheFlag(String line, String wrong) {
        assertThatThrownBy(() -> workload(line.replace("TRACE", trace)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(wrong).message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "--rate-steps 2/30|'2/30' is no step; write RATE@SECONDS",
            "--tenant a,wait=3|'wait=3' is no field of a tenant",
            "--tenant a,weight=0|weight of a must be above 0", "--tenant a,value=much|value must be a number",
            "--dataset-name sonnet|'sonnet' is none of random, sharegpt-json, trace"})
    void whatCannotBeUnderstoodIsRefusedByTheParser(String line, String wrong) {
        assertThatThrownBy(() -> workload(line)).isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining(wrong);
    }

    private static Prompt prompt(Workload workload, int session) {
        return workload.sessions().get(session).turns().getFirst().prompt().get();
    }

    private static Workload workload(String line) { return parsed(line).flags.workload(true, 0); }

    private static Bench parsed(String line) {
        Bench bench = new Bench();
        new CommandLine(bench).parseArgs(line.isEmpty() ? new String[0] : line.split(" "));
        return bench;
    }

    @Command(name = "bench")
    private static final class Bench {
        @Mixin
        private WorkloadFlags flags = new WorkloadFlags();
    }
}
