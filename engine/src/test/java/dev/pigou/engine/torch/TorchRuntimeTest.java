package dev.pigou.engine.torch;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TorchRuntimeTest {
    private static final Set<DataType> KNOWN_TO_JNI = EnumSet.of(DataType.FLOAT32, DataType.FLOAT64,
            DataType.FLOAT16, DataType.UINT8, DataType.INT32, DataType.INT8, DataType.INT64,
            DataType.BOOLEAN);

    /** Any of the others would end this process, and the test with it. */
    @ParameterizedTest
    @EnumSource(DataType.class)
    void aTypeThatJniCannotNameNeverReachesIt(DataType type) {
        try (var manager = TorchRuntime.newManager(Device.cpu())) {
            ByteBuffer content = ByteBuffer.allocateDirect(64);
            var shape = new Shape(4);
            if (KNOWN_TO_JNI.contains(type)) {
                content.limit(4 * type.getNumOfBytes());
                assertThat(TorchRuntime.tensor(manager, content, shape, type).getDataType()).isEqualTo(type);
            } else {
                assertThatThrownBy(() -> TorchRuntime.tensor(manager, content, shape, type))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(type.toString());
            }
        }
    }

    @Test
    void aDeviceThatIsNotThereIsExplained() {
        assertThatThrownBy(() -> TorchDevice.named("cuda:7")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--device cpu");
        assertThatThrownBy(() -> TorchDevice.named("tpu")).hasMessageContaining("cpu, cuda, cuda:N or auto");
        assertThat(TorchDevice.named("cpu").memory())
                .satisfies(memory -> assertThat(memory.free()).isPositive().isLessThanOrEqualTo(memory.total()));
    }
}
