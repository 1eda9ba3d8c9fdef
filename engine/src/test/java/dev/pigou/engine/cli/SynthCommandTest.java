package dev.pigou.engine.cli;

import dev.pigou.engine.EngineConfig;
import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.Submission;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.text.ChatTemplate;
import dev.pigou.engine.text.HfTokenizer;
import dev.pigou.engine.torch.TorchBackend;
import dev.pigou.engine.torch.TorchDevice;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SynthCommandTest {
    private static final Map<String, String> SHAPE = Map.of("--layers", "2", "--hidden-size", "64", "--heads",
            "4", "--kv-heads", "2", "--intermediate-size", "96", "--vocab-size", "512",
            "--max-position-embeddings", "256");

    @TempDir
    private Path folder = Path.of("");

    private Invocation synth(String further) {
        List<String> arguments = new ArrayList<>(List.of(folder.resolve("model").toString()));
        arguments.addAll(List.of(further.split(" ", -1)));
        return Invocation.of("synth", SHAPE, arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--family llama", "--family mistral --sliding-window 32", "--family qwen2",
            "--family qwen3 --head-dim 32", "--rope-scaling linear", "--rope-scaling dynamic --rope-factor 2",
            "--family qwen3 --rope-scaling yarn", "--rope-scaling llama3 --rope-factor 8",
            "--shards 3 --dtype float16 --tie-word-embeddings true",
            "--family Qwen2 --dtype float32 --seed 7"})
    void whatIsWrittenLoadsAndAnswers(String flags) throws Exception {
        Invocation run = synth(flags);
        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        Path model = folder.resolve("model");
        assertThat(run.out()).startsWith("Wrote " + model);
        assertThat(answer(model)).hasSize(8).allSatisfy(token -> assertThat(token).isBetween(0, 511));
        try (HfTokenizer tokenizer = HfTokenizer.load(model)) {
            String prompt = ChatTemplate.load(model).orElseThrow()
                    .render(List.of(Map.of("role", "user", "content", "Hello")), List.of(), true, Map.of());
            assertThat(tokenizer.decode(tokenizer.encode(prompt, false), false)).isEqualTo(prompt);
        }
    }

    /** Eight tokens after a prompt longer than the sliding window above, computed in two chunks. */
    private static List<Integer> answer(Path model) throws Exception {
        try (ModelFolder opened = ModelFolder.open(model)) {
            var config = new EngineConfig(EngineConfig.defaults().maxModelLen(), 4, 30, 4, 16,
                    OptionalLong.of(1 << 20), true);
            var backend = TorchBackend.of(TorchDevice.named("cpu"), ModelDtype.FLOAT32);
            var assembly = EngineAssembly.assemble(opened, backend, config, List.of(), _ -> {});
            try (var engine = assembly.engine()) {
                var sink = new RecordingSink(1);
                var params = SamplingParams.builder().temperature(0).ignoreEos(true).maxTokens(8).build();
                var request = new GenerateRequest("test", IntStream.rangeClosed(1, 50).toArray(), params, 1,
                        0);
                assertThat(engine.submit(request, sink)).isInstanceOf(Submission.Accepted.class);
                assertThat(sink.await().reasons).containsExactly(FinishReason.LENGTH);
                return sink.tokens.getFirst();
            }
        }
    }

    @Test
    void theSameSeedWritesTheSameModel() throws IOException {
        synth("--seed 3");
        byte[] first = Files.readAllBytes(folder.resolve("model/model.safetensors"));
        synth("--seed 3");
        assertThat(Files.readAllBytes(folder.resolve("model/model.safetensors"))).isEqualTo(first);
        synth("--seed 4");
        assertThat(Files.readAllBytes(folder.resolve("model/model.safetensors"))).isNotEqualTo(first);
    }

    @Test
    void aModelWrittenOverAnotherIsTheOneThatLoads() throws Exception {
        synth("--shards 3 --seed 3");
        List<Integer> before = answer(folder.resolve("model"));
        synth("--seed 4");
        assertThat(answer(folder.resolve("model"))).isNotEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"--layers 0,num_hidden_layers", "--heads 5,head", "--kv-heads 3,num_key_value_heads",
            "--vocab-size 10,vocab", "--dtype int8,--dtype", "--rope-scaling spiral,--rope-scaling",
            "--rope-scaling linear --rope-factor 0.5,--rope-factor",
            "--rope-scaling yarn --rope-factor NaN,--rope-factor", "--shards 0,shards",
            "--hidden-size -64,hidden_size", "--max-position-embeddings 0,max_position_embeddings",
            "--family llama --sliding-window 16,sliding"})
    void aShapeThatCannotBeIsOneLine(String flags, String told) {
        Invocation run = synth(flags);
        assertThat(run.err()).startsWith("pigou: ").hasLineCount(1).contains(told);
        assertThat(run.exit()).isEqualTo(1);
        assertThat(folder.resolve("model/model.safetensors")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeWrittenIsOneLine() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Invocation run = Invocation.of("synth", file.resolve("model").toString());
        assertThat(run.err()).startsWith("pigou: " + file).hasLineCount(1);
        assertThat(run.exit()).isEqualTo(1);
    }
}
