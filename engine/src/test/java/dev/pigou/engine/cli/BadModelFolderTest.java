package dev.pigou.engine.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/** A model folder that cannot be served ends {@code serve} with one line that names the file and what is wrong in it. */
class BadModelFolderTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String WEIGHTS = "model.safetensors";
    private static final String GATE = "model.layers.0.mlp.gate_proj.weight";

    @TempDir
    private Path folder = Path.of("");

    /** What somebody did to a folder. */
    interface Damage {
        void to(Path folder) throws IOException;
    }

    private static Arguments when(String name, Damage damage, String... told) {
        return Arguments.of(Named.of(name, damage), List.of(told));
    }

    static Stream<Arguments> configs() {
        return Stream.of(when("missing", delete("config.json"), "config.json", "no such file"),
                when("a folder", folder -> {
                    Files.delete(folder.resolve("config.json"));
                    Files.createDirectory(folder.resolve("config.json"));
                }, "config.json", "cannot be read"),
                when("no JSON", write("config.json", "{\"architectures\":\n\n["), "config.json",
                        "not valid JSON"),
                when("unknown architecture",
                        config(json -> json.putArray("architectures").add("GPT2LMHeadModel")), "config.json",
                        "GPT2LMHeadModel", "LlamaForCausalLM"),
                when("no layers", config(json -> json.remove("num_hidden_layers")), "config.json",
                        "num_hidden_layers"),
                when("a billion layers", config(json -> json.put("num_hidden_layers", 1_000_000_000)),
                        "config.json", "num_hidden_layers"),
                when("absurd width", config(json -> json.put("hidden_size", 1 << 30)), "config.json",
                        "hidden_size"),
                when("heads that do not divide", config(json -> json.put("num_key_value_heads", 3)),
                        "config.json", "num_key_value_heads"),
                when("a word for a number", config(json -> json.put("vocab_size", "large")), "config.json",
                        "vocab_size"),
                when("unknown rope",
                        config(json -> json.putObject("rope_scaling").put("rope_type", "spiral")),
                        "config.json", "rope_scaling", "spiral"),
                when("quantised", config(json -> json.putObject("quantization_config")), "config.json",
                        "quantization_config"));
    }

    static Stream<Arguments> weights() {
        return Stream.of(when("missing", delete(WEIGHTS), "has no weights"),
                when("empty", write(WEIGHTS, ""), WEIGHTS), when("truncated", folder -> {
                    byte[] all = Files.readAllBytes(folder.resolve(WEIGHTS));
                    Files.write(folder.resolve(WEIGHTS), Arrays.copyOf(all, all.length - 1000));
                }, WEIGHTS), when("header longer than the file", folder -> {
                    byte[] all = Files.readAllBytes(folder.resolve(WEIGHTS));
                    ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1L << 40);
                    Files.write(folder.resolve(WEIGHTS), all);
                }, WEIGHTS, "header"), when("overlapping", header(json -> {
                    long begin = entry(json, GATE).at("/data_offsets/0").asLong() - 64;
                    entry(json, GATE).putArray("data_offsets").add(begin).add(begin + 98_304);
                }), WEIGHTS, GATE),
                when("past the end",
                        header(json -> entry(json, GATE).putArray("data_offsets").add(1L << 40)
                                .add((1L << 40) + 98_304)),
                        WEIGHTS, GATE),
                when("unknown dtype", header(json -> entry(json, GATE).put("dtype", "F4")), WEIGHTS, GATE,
                        "F4"),
                when("dtype that is no float", header(json -> entry(json, GATE).put("dtype", "I16")), WEIGHTS,
                        GATE, "I16"),
                when("wrong shape", header(json -> entry(json, GATE).putArray("shape").add(128).add(384)),
                        WEIGHTS, GATE, "128", "384"),
                when("missing tensor", header(json -> json.set("model.other", json.remove(GATE))), GATE),
                when("index without its shard",
                        write("model.safetensors.index.json",
                                "{\"weight_map\": {\"" + GATE + "\": \"a.safetensors\"}}"),
                        "model.safetensors.index.json", "a.safetensors"));
    }

    static Stream<Arguments> texts() {
        return Stream.of(when("no tokenizer", delete("tokenizer.json"), "tokenizer.json", "missing"),
                when("no JSON", write("tokenizer.json", "{\"model\":"), "tokenizer.json"),
                when("no tokenizer's JSON", write("tokenizer.json", "{}"), "tokenizer.json"),
                when("more ids than the model has", edit("tokenizer.json", json -> {
                    var added = json.withArray("added_tokens");
                    added.add(((ObjectNode) added.get(0)).deepCopy().put("id", 9000).put("content",
                            "<|beyond|>"));
                }), "tokenizer.json", "9000", "vocab_size", "2048"),
                when("unclosed block", template("{% for m in messages %}{{ m }}"), "tokenizer_config.json",
                        "chat_template", "line 1"),
                when("unknown tag", template("\n{% frobnicate %}"), "tokenizer_config.json", "line 2",
                        "frobnicate"),
                when("template file", write("chat_template.jinja", "{{ messages | }}"), "chat_template.jinja",
                        "line 1"),
                when("tokenizer_config is no JSON", write("tokenizer_config.json", "["),
                        "tokenizer_config.json"));
    }

    @ParameterizedTest
    @MethodSource({"configs", "weights", "texts"})
    void oneLineNamesFileAndCause(Damage damage, List<String> told) throws IOException {
        copyGolden();
        damage.to(folder);
        Invocation run = Invocation.of("serve", "--model", folder.toString(), "--port", "0", "--device",
                "cpu");
        assertThat(run.err()).startsWith("pigou: ").hasLineCount(1).contains(folder.toString()).contains(told)
                .doesNotContain("\tat ");
        assertThat(run.err().split(Pattern.quote(folder.toString()), -1))
                .as("the folder is named once in: %s", run.err()).hasSize(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void aFolderThatIsNoneIsOneLine() throws IOException {
        Path missing = folder.resolve("none");
        assertThat(Invocation.of("serve", missing.toString(), "--port", "0")).isEqualTo(
                new Invocation(1, "", "pigou: --model " + missing + ": there is no such folder\n"));
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(Invocation.of("serve", "--model", file.toString(), "--port", "0")).isEqualTo(
                new Invocation(1, "", "pigou: --model " + file + ": this is a file, not a folder\n"));
    }

    private void copyGolden() throws IOException {
        try (Stream<Path> files = Files.list(RunningServer.GOLDEN.resolve("qwen3"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    private static Damage delete(String file) { return folder -> Files.delete(folder.resolve(file)); }

    private static Damage write(String file, String text) {
        return folder -> Files.writeString(folder.resolve(file), text);
    }

    private static Damage edit(String file, Consumer<ObjectNode> change) {
        return folder -> {
            ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(folder.resolve(file)));
            change.accept(json);
            Files.write(folder.resolve(file), JSON.writeValueAsBytes(json));
        };
    }

    private static Damage config(Consumer<ObjectNode> change) { return edit("config.json", change); }

    private static Damage template(String source) {
        return edit("tokenizer_config.json", json -> json.put("chat_template", source));
    }

    /** Rewrites the header of the weights; the data behind it stays as it is. */
    private static Damage header(Consumer<ObjectNode> change) {
        return folder -> {
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(WEIGHTS)))
                    .order(ByteOrder.LITTLE_ENDIAN);
            int length = (int) all.getLong();
            String text = new String(all.array(), Long.BYTES, length, StandardCharsets.UTF_8);
            ObjectNode json = (ObjectNode) JSON.readTree(text);
            change.accept(json);
            byte[] header = JSON.writeValueAsBytes(json);
            all.position(Long.BYTES + length);
            ByteBuffer file = ByteBuffer.allocate(Long.BYTES + header.length + all.remaining())
                    .order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).put(all);
            Files.write(folder.resolve(WEIGHTS), file.array());
        };
    }

    private static ObjectNode entry(ObjectNode header, String tensor) {
        return (ObjectNode) header.get(tensor);
    }
}
