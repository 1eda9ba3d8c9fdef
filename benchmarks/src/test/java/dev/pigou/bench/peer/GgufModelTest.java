package dev.pigou.bench.peer;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFamily;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.RopeScaling;
import dev.pigou.engine.model.SynthModel;
import dev.pigou.engine.model.SynthPreset;
import dev.pigou.engine.model.SynthSpec;
import dev.pigou.engine.model.TensorEntry;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class GgufModelTest {
    private static final int HEADS = 4;
    private static final int HEAD_DIM = 8;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(value = ModelFamily.class, names = {"LLAMA", "QWEN2", "QWEN3"})
    void metadataTellsTheShapeUnderTheArchitecturesName(ModelFamily family) throws IOException {
        GgufReader file = written(shape(family), ModelDtype.BFLOAT16);

        String arch = family.modelType();
        assertThat(file.version).isEqualTo(3);
        assertThat(file.metadata).containsEntry("general.architecture", arch)
                .containsEntry(arch + ".block_count", 2).containsEntry(arch + ".embedding_length", 24)
                .containsEntry(arch + ".attention.head_count", HEADS)
                .containsEntry(arch + ".attention.head_count_kv", 2)
                .containsEntry(arch + ".attention.key_length", HEAD_DIM)
                .containsEntry(arch + ".rope.freq_base", 10_000f).containsEntry("general.file_type", 32);
    }

    @Test
    void everyIdHasATokenAndAKind() throws IOException {
        GgufReader file = written(shape(ModelFamily.LLAMA), ModelDtype.FLOAT32);

        List<?> tokens = file.list("tokenizer.ggml.tokens");
        List<?> kinds = file.list("tokenizer.ggml.token_type");
        assertThat(tokens).hasSize(300).doesNotHaveDuplicates();
        assertThat(tokens.get(299)).isEqualTo("<|im_end|>");
        assertThat(tokens.subList(0x80, 0x100)).as("bytes that are no text alone")
                .allSatisfy(token -> assertThat(token.toString()).matches("\\p{ASCII}+"));
        assertThat(tokens.get('A')).isEqualTo("A");
        assertThat(kinds).hasSize(300);
        assertThat(kinds.get(0)).as("a byte").isEqualTo(1);
        assertThat(kinds.get(299)).as("a special token").isEqualTo(3);
        assertThat(file.metadata).containsEntry("tokenizer.ggml.model", "gpt2")
                .containsEntry("tokenizer.ggml.pre", "qwen2")
                .containsEntry("tokenizer.ggml.eos_token_id", 299)
                .containsEntry("tokenizer.ggml.add_bos_token", false)
                .containsKeys("tokenizer.ggml.merges", "tokenizer.chat_template");
    }

    @ParameterizedTest
    @EnumSource(ModelDtype.class)
    void tensorsLieOneAfterTheOtherAndAligned(ModelDtype dtype) throws IOException {
        GgufReader file = written(shape(ModelFamily.QWEN3), dtype);

        long end = 0;
        for (GgufReader.Tensor tensor : file.tensors.values()) {
            assertThat(tensor.offset()).isEqualTo((end + 31) / 32 * 32);
            end = tensor.offset() + tensor.byteSize();
        }
        assertThat(file.fileBytes()).isEqualTo((file.dataStart + end + 31) / 32 * 32);
    }

    @Test
    void tiedEmbeddingsAreWrittenOnce() throws IOException {
        ModelConfig tied = shape(ModelFamily.QWEN2).toBuilder().tieWordEmbeddings(true).build();

        assertThat(written(shape(ModelFamily.QWEN2), ModelDtype.FLOAT32).tensors)
                .containsKey("output.weight");
        assertThat(written(tied, ModelDtype.FLOAT32).tensors).doesNotContainKey("output.weight")
                .containsKey("token_embd.weight");
    }

    @ParameterizedTest
    @EnumSource(value = ModelFamily.class, names = {"LLAMA", "QWEN2", "QWEN3"})
    void weightsAreTheCheckpointsOnceLlamasRowsAreInTheirOldOrder(ModelFamily family) throws IOException {
        GgufReader file = written(shape(family), ModelDtype.BFLOAT16);

        try (ModelFolder folder = ModelFolder.open(directory.resolve("model"))) {
            assertThat(file.tensors).hasSameSizeAs(folder.weights());
            for (TensorEntry weight : folder.weights()) {
                boolean rotated = family == ModelFamily.LLAMA && weight.name().matches(".*[qk]_proj.*");
                String name = GgufWeights.name(weight.name());
                assertThat(file.tensor(name).dimensions()).as(name).isEqualTo(weight.shape().reversed());
                byte[] stored = weight.bytes().toArray(ValueLayout.JAVA_BYTE);
                byte[] written = weight.shape().size() == 1 ? narrowed(file.bytes(name)) : file.bytes(name);
                assertThat(rotated ? halves(written, stored.length / weight.shape().getFirst()) : written)
                        .as(name).isEqualTo(stored);
            }
        }
    }

    @Test
    void whatCannotBeWrittenIsRefusedRatherThanApproximated() {
        ModelConfig stretched = shape(ModelFamily.LLAMA).toBuilder().ropeScaling(new RopeScaling.Linear(2))
                .build();

        assertThatThrownBy(() -> written(stretched, ModelDtype.FLOAT32))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rope scaling Linear");
    }

    private GgufReader written(ModelConfig config, ModelDtype dtype) throws IOException {
        Path folder = directory.resolve("model");
        Path file = directory.resolve("model.gguf");
        SynthModel.write(new SynthSpec(config, dtype, 1, 7), folder);
        GgufModel.write(folder, file, true);
        return new GgufReader(file);
    }

    private static ModelConfig shape(ModelFamily family) {
        return SynthPreset.TINY.config().toBuilder().family(family).layers(2).hiddenSize(24).heads(HEADS)
                .kvHeads(2).headDim(HEAD_DIM).intermediateSize(40).vocabSize(300).tieWordEmbeddings(false)
                .qkvBias(family == ModelFamily.QWEN2).build();
    }

    /** bfloat16 from single precision, which must have had nothing in its lower half. */
    private static byte[] narrowed(byte[] floats) {
        ByteBuffer wide = ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer narrow = ByteBuffer.allocate(floats.length / 2).order(ByteOrder.LITTLE_ENDIAN);
        while (wide.hasRemaining()) {
            int bits = wide.getInt();
            assertThat(bits & 0xFFFF).isZero();
            narrow.putShort((short) (bits >>> 16));
        }
        return narrow.array();
    }

    /** Per head, the even rows and then the odd ones: what was rotated together is half a head apart again. */
    private static byte[] halves(byte[] bytes, long rowBytes) {
        byte[] ordered = new byte[bytes.length];
        int width = (int) rowBytes;
        for (int row = 0; row < bytes.length / width; row++) {
            int inHead = row % HEAD_DIM;
            int target = row - inHead + inHead / 2 + (inHead % 2) * HEAD_DIM / 2;
            System.arraycopy(bytes, row * width, ordered, target * width, width);
        }
        return ordered;
    }
}
