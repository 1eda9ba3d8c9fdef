package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class ModelConfigTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String PLAIN = """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64,
             "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 512,
             "max_position_embeddings": 256, "eos_token_id": 7}""";

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = { //
            "hidden_size                | 0                          | between 1 and",
            "hidden_size                | -64                        | between 1 and",
            "hidden_size                | 99999999999999999999999999 | at most 2147483647",
            "hidden_size                | 1e400                      | ",
            "hidden_size                | 2147483648                 | at most 2147483647",
            "hidden_size                | 64.5                       | an integer",
            "hidden_size                | \"64\"                     | an integer",
            "hidden_size                | null                       | is missing",
            "num_hidden_layers          | 0                          | between 1 and",
            "num_hidden_layers          | 2147483647                 | between 1 and",
            "num_attention_heads        | 0                          | between 1 and",
            "num_attention_heads        | 5                          | divisor of hidden_size",
            "num_key_value_heads        | 3                          | divisor of num_attention_heads",
            "num_key_value_heads        | 8                          | between 1 and 4",
            "head_dim                   | 15                         | even",
            "head_dim                   | -2                         | between 1 and",
            "intermediate_size          | -1                         | between 1 and",
            "vocab_size                 | 2000000000                 | between 1 and",
            "max_position_embeddings    | 0                          | between 1 and",
            "rms_norm_eps               | 0                          | above 0",
            "rms_norm_eps               | \"tiny\"                   | a number",
            "rope_theta                 | 0                          | above 1",
            "rope_theta                 | -10000                     | above 1",
            "hidden_act                 | \"gelu\"                   | only silu",
            "architectures              | [\"GPT2LMHeadModel\"]      | MistralForCausalLM",
            "architectures              | \"LlamaForCausalLM\"       | a list of strings",
            "tie_word_embeddings        | \"yes\"                    | true or false",
            "torch_dtype                | \"int8\"                   | float32, float16 or bfloat16",
            "eos_token_id               | 512                        | below vocab_size 512",
            "eos_token_id               | [1, -1]                    | at least 0",
            "bos_token_id               | \"<s>\"                    | an integer",
            "partial_rotary_factor      | 0.5                        | whole heads",
            "rope_scaling               | {\"rope_type\": \"su\"}    | supported are default, linear, dynamic, yarn, llama3",
            "rope_scaling               | \"linear\"                 | an object",
            "rope_scaling               | {\"type\": \"linear\"}     | factor is missing",
            "rope_scaling               | {\"type\": \"linear\", \"factor\": 0.5} | rope_scaling.factor",
            "rope_scaling               | {\"type\": \"llama3\", \"factor\": 8} | rope_scaling.low_freq_factor",
            "rope_scaling               | {\"type\": \"yarn\", \"factor\": 2, \"beta_fast\": 0} | rope_scaling.beta_fast"})
    void absurdValueIsRefusedByFileAndKey(String key, String json, String allowed) throws IOException {
        ObjectNode config = (ObjectNode) MAPPER.readTree(PLAIN);
        String text = config.without(key).toString().replaceFirst("\\{", "{\"" + key + "\": " + json + ",");
        Files.writeString(folder.resolve("config.json"), text);

        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("config.json").hasMessageContaining(key)
                .hasMessageContaining(allowed == null ? "" : allowed).hasMessageNotContaining("\n");
    }

    @Test
    void unknownModelTypeIsToldWhatIsSupported() throws IOException {
        config("{\"model_type\": \"mamba\"}");

        assertThatThrownBy(() -> ModelConfig.read(folder)).hasMessageContaining("model_type is mamba")
                .hasMessageContaining(
                        "LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM");
    }

    @Test
    void numbersBeyondADoubleAreRefusedByKey() throws IOException {
        String huge = "1" + "0".repeat(400);
        config(PLAIN.replace("\"vocab_size\": 512", "\"vocab_size\": " + huge));
        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("config.json: vocab_size");
        config(with("\"rope_theta\": -" + huge));
        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("config.json: rope_theta");
    }

    @Test
    void brokenFilesAreRefusedByName() throws IOException {
        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("config.json: no such file");
        assertThatThrownBy(() -> ModelConfig.read(folder.resolve("none")))
                .hasMessageContaining("not a directory");
        config("{\"hidden_size\": 1, \"hidden_size\": 2}");
        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("hidden_size");
        config("[".repeat(5000));
        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("config.json");
        config(PLAIN);
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": 9999}");
        assertThatThrownBy(() -> ModelConfig.read(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("generation_config.json").hasMessageContaining("eos_token_id");
    }

    @Test
    void modelTypeStandsInForMissingArchitectures() throws IOException {
        config(PLAIN.replace("\"architectures\": [\"LlamaForCausalLM\"],", "").replace("\"llama\"",
                "\"mistral\""));

        assertThat(ModelConfig.read(folder).family()).isEqualTo(ModelFamily.MISTRAL);
    }

    @Test
    void generationConfigsEndTokensGoFirst() throws IOException {
        config(PLAIN);
        assertThat(ModelConfig.read(folder).eosTokenIds()).containsExactly(7);
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [8, 9]}");
        assertThat(ModelConfig.read(folder).eosTokenIds()).containsExactly(8, 9);
    }

    @Test
    void absentKeysTakeTheFamilysDefaults() throws IOException {
        config(PLAIN.replace("\"num_key_value_heads\": 2,", "").replace("\"max_position_embeddings\": 256,",
                ""));
        ModelConfig config = ModelConfig.read(folder);

        assertThat(config.kvHeads()).isEqualTo(4);
        assertThat(config.headDim()).isEqualTo(16);
        assertThat(config.maxPositionEmbeddings()).isEqualTo(2048);
        assertThat(config.ropeTheta()).isEqualTo(10_000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.None());
        assertThat(config.torchDtype()).isEmpty();
        assertThat(config.slidingWindow(2)).isEmpty();
    }

    @Test
    void qwen3HeadsHave128ElementsUnlessItSaysOtherwise() throws IOException {
        config(PLAIN.replace("LlamaForCausalLM", "Qwen3ForCausalLM"));
        assertThat(ModelConfig.read(folder).headDim()).isEqualTo(128);
    }

    @Test
    void biasesFollowTheFamily() throws IOException {
        config(with("\"attention_bias\": true, \"mlp_bias\": true"));
        ModelConfig llama = ModelConfig.read(folder);
        assertThat(llama.qkvBias() && llama.outputBias() && llama.mlpBias()).isTrue();

        config(PLAIN.replace("LlamaForCausalLM", "Qwen2ForCausalLM"));
        ModelConfig qwen2 = ModelConfig.read(folder);
        assertThat(qwen2.qkvBias()).isTrue();
        assertThat(qwen2.outputBias()).isFalse();
    }

    @Test
    void windowsFollowTheFamily() throws IOException {
        String window = "\"sliding_window\": 24, \"use_sliding_window\": true, \"max_window_layers\": 2";
        config(with(window).replace("LlamaForCausalLM", "MistralForCausalLM"));
        assertThat(ModelConfig.read(folder).slidingWindows()).containsOnly(OptionalInt.of(24));
        config(with(window).replace("LlamaForCausalLM", "Qwen2ForCausalLM"));
        assertThat(ModelConfig.read(folder).slidingWindows()).containsExactly(OptionalInt.empty(),
                OptionalInt.empty(), OptionalInt.of(24));
        config(with(
                window + ", \"layer_types\": [\"sliding_attention\", \"full_attention\", \"full_attention\"]")
                .replace("LlamaForCausalLM", "Qwen3ForCausalLM"));
        assertThat(ModelConfig.read(folder).slidingWindows()).containsExactly(OptionalInt.of(24),
                OptionalInt.empty(), OptionalInt.empty());
        config(with("\"sliding_window\": null").replace("LlamaForCausalLM", "MistralForCausalLM"));
        assertThat(ModelConfig.read(folder).slidingWindows()).containsOnly(OptionalInt.empty());
        config(with(window + ", \"layer_types\": [\"full_attention\"]").replace("LlamaForCausalLM",
                "Qwen3ForCausalLM"));
        assertThatThrownBy(() -> ModelConfig.read(folder)).hasMessageContaining("layer_types");
    }

    @Test
    void ropeParametersOfNewerTransformersAreTheSameThing() throws IOException {
        config(with(
                "\"dtype\": \"bfloat16\", \"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 4.0, "
                        + "\"rope_theta\": 5e5, \"original_max_position_embeddings\": 128}"));
        ModelConfig config = ModelConfig.read(folder);

        assertThat(config.torchDtype()).contains(ModelDtype.BFLOAT16);
        assertThat(config.ropeTheta()).isEqualTo(5e5);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.Yarn(4, 128, 32, 1, OptionalDouble.empty(),
                OptionalDouble.empty(), OptionalDouble.empty(), true));
        assertThat(config.maxContextTokens()).isEqualTo(512);
    }

    @Test
    void generationDefaultsAreWhatTheFileStates() throws IOException {
        assertThat(GenerationDefaults.read(folder)).isEqualTo(GenerationDefaults.none());
        Path file = folder.resolve("generation_config.json");
        Files.writeString(file,
                "{\"do_sample\": false, \"temperature\": 0.6, \"top_k\": 20, \"top_p\": null}");
        GenerationDefaults defaults = GenerationDefaults.read(folder);
        assertThat(defaults.temperature()).hasValue(0.6);
        assertThat(defaults.topK()).hasValue(20);
        assertThat(defaults.topP()).isEmpty();
        Files.writeString(file, "{\"temperature\": -1}");
        assertThatThrownBy(() -> GenerationDefaults.read(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("generation_config.json: temperature");
    }

    private void config(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
    }

    private static String with(String more) { return PLAIN.replaceFirst("\\{", "{" + more + ","); }
}
