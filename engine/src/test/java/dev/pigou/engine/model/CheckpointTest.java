package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CheckpointTest {
    private static final WeightSpec A = new WeightSpec("a", List.of(2L, 3L), WeightRole.QUERY);
    private static final WeightSpec B = new WeightSpec("b", List.of(4L), WeightRole.NORM);

    @TempDir
    private Path folder;

    static List<Path> goldenFolders() { return GoldenFolders.all(); }

    @ParameterizedTest
    @MethodSource("goldenFolders")
    void goldenFolderIsComplete(Path golden) {
        try (ModelFolder opened = ModelFolder.open(golden)) {
            assertThat(opened.weights()).hasSameSizeAs(ModelWeights.of(opened.config()));
            assertThat(opened.autoDtype().stored()).isEqualTo(opened.weights().getFirst().dtype());
        }
    }

    @Test
    void missingTensorIsNamedWithItsShape() throws IOException {
        write("model.safetensors", List.of(A));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.tensor(B)).isInstanceOf(ModelFolderException.class)
                    .hasMessageContaining("model.safetensors: tensor b [4] is missing");
        }
    }

    @Test
    void wrongShapeIsNamedWithWhatWasExpected() throws IOException {
        write("model.safetensors", List.of(A));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            WeightSpec wanted = new WeightSpec("a", List.of(3L, 2L), WeightRole.QUERY);
            assertThatThrownBy(() -> checkpoint.tensor(wanted)).isInstanceOf(ModelFolderException.class)
                    .hasMessageContaining("model.safetensors: tensor a has shape [2, 3]")
                    .hasMessageContaining("[3, 2]");
        }
    }

    @Test
    void integersAreNotWeights() {
        String header = "{\"b\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}";
        SafetensorsBytes.write(folder.resolve("model.safetensors"), SafetensorsBytes.of(header, 4));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThatThrownBy(() -> checkpoint.tensor(B)).isInstanceOf(ModelFolderException.class)
                    .hasMessageContaining("model.safetensors: tensor b is stored as I8")
                    .hasMessageContaining("F32, F16 and BF16");
        }
    }

    @Test
    void tensorInTwoFilesIsRefused() throws IOException {
        write("x1.safetensors", List.of(A, B));
        write("x2.safetensors", List.of(B));

        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("x2.safetensors: tensor b is also in x1.safetensors");
    }

    @Test
    void filesWithoutAnIndexAreAllRead() throws IOException {
        write("x1.safetensors", List.of(A));
        write("x2.safetensors", List.of(B));

        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.tensors(List.of(A, B))).extracting(TensorEntry::name).containsExactly("a",
                    "b");
        }
    }

    @Test
    void folderWithoutWeightsIsRefused() {
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("has no weights");
    }

    @Test
    void indexNamingAFileThatIsNotThereIsRefused() throws IOException {
        index("{\"weight_map\": {\"a\": \"gone.safetensors\"}}");

        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("model.safetensors.index.json: weight_map.a is in gone.safetensors");
    }

    @Test
    void indexNamingTheWrongFileIsRefused() throws IOException {
        write("x1.safetensors", List.of(A));
        write("x2.safetensors", List.of(B));
        index("{\"weight_map\": {\"a\": \"x1.safetensors\", \"b\": \"x1.safetensors\"}}");

        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("index.json: tensor b should be in x1.safetensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", "x.bin",
            "a\\\\b.safetensors", "x\\u0000.safetensors"})
    void indexMayNotReachOutsideTheFolder(String name) throws IOException {
        index("{\"weight_map\": {\"a\": \"" + name + "\"}}");

        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("weight_map.a").hasMessageContaining("file in the folder");
    }

    @Test
    void indexWithoutAMapIsRefused() throws IOException {
        index("{\"metadata\": {}}");
        assertThatThrownBy(() -> Checkpoint.open(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("weight_map is missing");
        index("{\"weight_map\": {}}");
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("weight_map is empty");
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json);
    }

    private void write(String name, List<WeightSpec> tensors) throws IOException {
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(name), ModelDtype.FLOAT32,
                tensors)) {
            for (WeightSpec tensor : tensors) {
                writer.write(new float[(int) tensor.elements()]);
            }
        }
    }
}
