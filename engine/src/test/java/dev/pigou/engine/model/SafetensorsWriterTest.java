package dev.pigou.engine.model;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

final class SafetensorsWriterTest {
    private static final WeightSpec MATRIX = new WeightSpec("m", List.of(300L, 101L), WeightRole.UP);
    private static final WeightSpec VECTOR = new WeightSpec("v", List.of(5L), WeightRole.NORM);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsReadBackRounded(ModelDtype dtype) throws IOException {
        float[] matrix = new float[30_300];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = (float) random.nextGaussian();
        }
        Path file = folder.resolve("w.safetensors");
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, dtype, List.of(MATRIX, VECTOR))) {
            writer.write(matrix, 0, 17);
            writer.write(matrix, 17, matrix.length - 17);
            writer.write(new float[]{1, 2, 3, 4, 5});
        }
        try (SafetensorsFile read = SafetensorsFile.open(file)) {
            TensorEntry m = read.tensors().get(0);
            assertThat(m.shape()).isEqualTo(MATRIX.shape());
            assertThat(m.dtype()).isEqualTo(dtype.stored());
            double relativeError = switch (dtype) {
                case FLOAT32 -> 0;
                case FLOAT16 -> 1.0 / 2048;
                case BFLOAT16 -> 1.0 / 256;
            };
            for (int i = 0; i < matrix.length; i++) {
                assertThat((double) Math.abs(value(m, i) - matrix[i]))
                        .isLessThanOrEqualTo(Math.abs(matrix[i]) * relativeError + 6e-8);
            }
            assertThat(value(read.tensors().get(1), 4)).isEqualTo(5f);
        }
    }

    @Test
    void bfloat16TiesGoToEven() {
        assertThat(SafetensorsWriter.toBfloat16(1f)).isEqualTo((short) 0x3F80);
        assertThat(SafetensorsWriter.toBfloat16(Float.intBitsToFloat(0x3F808000))).isEqualTo((short) 0x3F80);
        assertThat(SafetensorsWriter.toBfloat16(Float.intBitsToFloat(0x3F818000))).isEqualTo((short) 0x3F82);
        assertThat(SafetensorsWriter.toBfloat16(Float.intBitsToFloat(0x3F808001))).isEqualTo((short) 0x3F81);
        assertThat(SafetensorsWriter.toBfloat16(-0f)).isEqualTo((short) 0x8000);
        assertThat(SafetensorsWriter.toBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7F80);
        assertThat(SafetensorsWriter.toBfloat16(Float.intBitsToFloat(0x7F800001)) & 0x7FFF)
                .isGreaterThan(0x7F80);
    }

    @Test
    void tooFewOrTooManyElementsAreACallersBug() throws IOException {
        Path file = folder.resolve("w.safetensors");
        SafetensorsWriter writer = SafetensorsWriter.create(file, ModelDtype.FLOAT32, List.of(VECTOR));
        assertThatIllegalStateException().isThrownBy(() -> writer.write(new float[6]))
                .withMessageContaining("5");
        assertThatIllegalStateException().isThrownBy(writer::close).withMessageContaining("only 0");
    }

    private static float value(TensorEntry tensor, int index) {
        return switch (tensor.dtype()) {
            case F32 -> tensor.bytes().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * index);
            case F16 ->
                Float.float16ToFloat(tensor.bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * index));
            case BF16 ->
                Float.intBitsToFloat(tensor.bytes().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * index) << 16);
            default -> throw new AssertionError(tensor.dtype());
        };
    }
}
