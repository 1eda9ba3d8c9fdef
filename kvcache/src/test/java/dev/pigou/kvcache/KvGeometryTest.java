package dev.pigou.kvcache;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class KvGeometryTest {
    @Test
    void countsKeysAndValuesOfAllLayers() {
        assertThat(new KvGeometry(28, 8, 128, 2, 16).bytesPerToken()).isEqualTo(2 * 28 * 8 * 128 * 2);
        assertThat(new KvGeometry(28, 8, 128, 2, 16).bytesPerBlock()).isEqualTo(2 * 28 * 8 * 128 * 2 * 16);
    }

    @Test
    void bigModelsDoNotOverflowAnInt() {
        assertThat(new KvGeometry(128, 128, 256, 4, 256).bytesPerBlock()).isEqualTo(8L << 30);
    }

    @Test
    void anEmptyDimensionIsNamed() {
        assertThatThrownBy(() -> new KvGeometry(28, 0, 128, 2, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kvHeads must be at least 1, but is 0");
    }
}
