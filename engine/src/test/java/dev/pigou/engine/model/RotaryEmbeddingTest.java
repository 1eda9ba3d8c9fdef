package dev.pigou.engine.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class RotaryEmbeddingTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String SHAPE = """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 64, "num_hidden_layers": 1, "head_dim": 32,
             "num_attention_heads": 2, "intermediate_size": 64, "vocab_size": 300}""";

    @TempDir
    private Path folder;

    static Stream<Arguments> goldenTables() throws IOException {
        JsonNode golden = golden();
        return golden.get("cases").valueStream()
                .map(each -> Arguments.of(each.get("name").stringValue(), each));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldenTables")
    void rowsEqualTheIndependentComputation(String name, JsonNode golden) throws IOException {
        JsonNode positions = golden().get("positions");
        ObjectNode config = (ObjectNode) MAPPER.readTree(SHAPE);
        config.setAll((ObjectNode) golden.get("config"));
        Files.writeString(folder.resolve("config.json"), config.toString());

        RotaryEmbedding table = RotaryEmbedding.of(ModelConfig.read(folder), 1024);

        assertThat(table.halfDim()).isEqualTo(16);
        for (int row = 0; row < positions.size(); row++) {
            int start = positions.get(row).intValue() * 16;
            for (int j = 0; j < 16; j++) {
                assertThat((double) table.cos()[start + j]).as("%s cos row %d pair %d", name, row, j)
                        .isCloseTo(golden.get("cos").get(row).get(j).doubleValue(), within(2e-7));
                assertThat((double) table.sin()[start + j]).as("%s sin row %d pair %d", name, row, j)
                        .isCloseTo(golden.get("sin").get(row).get(j).doubleValue(), within(2e-7));
            }
        }
    }

    @Test
    void dynamicRowsDoNotDependOnTheLengthOfTheTable() {
        ModelConfig config = SynthPreset.TINY.config().toBuilder().maxPositionEmbeddings(16)
                .ropeScaling(new RopeScaling.Dynamic(2)).build();
        RotaryEmbedding longer = RotaryEmbedding.of(config, 64);
        RotaryEmbedding shorter = RotaryEmbedding.of(config, 40);

        assertThat(Arrays.copyOf(longer.cos(), shorter.cos().length)).isEqualTo(shorter.cos());
        assertThat(Arrays.copyOf(longer.sin(), shorter.sin().length)).isEqualTo(shorter.sin());
    }

    @Test
    void tableBeyondAnArrayIsRefused() {
        assertThatThrownBy(() -> RotaryEmbedding.of(SynthPreset.TINY.config(), 1 << 28))
                .isInstanceOf(ArithmeticException.class);
    }

    private static JsonNode golden() throws IOException {
        try (InputStream in = Objects
                .requireNonNull(RotaryEmbeddingTest.class.getResourceAsStream("/rotary/rotary.json"))) {
            return MAPPER.readTree(in);
        }
    }
}
