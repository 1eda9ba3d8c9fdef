package dev.pigou.engine;

import dev.pigou.kvcache.KvGeometry;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static dev.pigou.engine.KvPoolRoom.halfOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KvPoolSizeTest {
    /** Blocks of 16 tokens and 1024 bytes. */
    private static final KvGeometry GEOMETRY = new KvGeometry(1, 1, 16, 2, 16);
    private static final long PLENTY = 1L << 40;

    private static EngineConfig config(OptionalInt maxModelLen, OptionalLong kvBytes, int maxNumSeqs) {
        return new EngineConfig(maxModelLen, maxNumSeqs, 2048, 1024, GEOMETRY.blockSize(), kvBytes, true);
    }

    private static EngineConfig asking(int maxModelLen, long kvBytes) {
        return config(OptionalInt.of(maxModelLen), OptionalLong.of(kvBytes), 256);
    }

    private static EngineConfig asking(long kvBytes) {
        return config(OptionalInt.empty(), OptionalLong.of(kvBytes), 256);
    }

    @Test
    void theNullBlockComesOutOfTheMemoryAskedFor() {
        assertThat(GEOMETRY.bytesPerBlock()).isEqualTo(1024);
        assertThat(KvPoolSize.fit(asking(10 * 1024), GEOMETRY, 4096, halfOf(PLENTY)))
                .isEqualTo(new KvPoolSize(9, 9 * 16));
        assertThat(KvPoolSize.fit(asking(10 * 1024 - 1), GEOMETRY, 4096, halfOf(PLENTY)).blocks()).isEqualTo(8);
    }

    @Test
    void theDefaultTakesHalfOfWhatIsFree() {
        EngineConfig config = config(OptionalInt.empty(), OptionalLong.empty(), 256);
        assertThat(KvPoolSize.fit(config, GEOMETRY, 4096, halfOf(200 * 1024))).isEqualTo(new KvPoolSize(99, 99 * 16));
    }

    @Test
    void theDefaultTakesNoMoreThanEverySequenceAtFullLength() {
        EngineConfig config = config(OptionalInt.of(17), OptionalLong.empty(), 3);
        assertThat(KvPoolSize.fit(config, GEOMETRY, 4096, halfOf(PLENTY))).isEqualTo(new KvPoolSize(6, 17));
    }

    @Test
    void aSequenceOfTheLengthAskedForAlwaysFits() {
        assertThat(KvPoolSize.fit(asking(160, 11 * 1024), GEOMETRY, 4096, halfOf(PLENTY)))
                .isEqualTo(new KvPoolSize(10, 160));
        assertThatThrownBy(() -> KvPoolSize.fit(asking(161, 11 * 1024), GEOMETRY, 4096, halfOf(PLENTY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a KV cache of 11264 bytes has room for 160"
                        + " tokens, but --max-model-len is 161: give --kv-cache-memory-bytes at least 12288, or"
                        + " --max-model-len at most 160");
    }

    @Test
    void theMemoryAMessageAsksForIsEnough() {
        assertThat(KvPoolSize.fit(asking(161, 12_288), GEOMETRY, 4096, halfOf(PLENTY)))
                .isEqualTo(new KvPoolSize(11, 161));
    }

    @Test
    void aPoolWithoutASingleBlockIsRefused() {
        assertThatThrownBy(() -> KvPoolSize.fit(asking(2047), GEOMETRY, 4096, halfOf(PLENTY))).hasMessage(
                "a KV cache of 2047 bytes has room for 0 tokens: give --kv-cache-memory-bytes at least"
                        + " 2048");
        assertThat(KvPoolSize.fit(asking(2048), GEOMETRY, 4096, halfOf(PLENTY))).isEqualTo(new KvPoolSize(1, 16));
    }

    @Test
    void aDeviceWithNothingFreeIsRefused() {
        EngineConfig config = config(OptionalInt.empty(), OptionalLong.empty(), 256);
        for (long free : new long[]{Long.MIN_VALUE, -1, 0, 1024}) {
            assertThatThrownBy(() -> KvPoolSize.fit(config, GEOMETRY, 4096, halfOf(free)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("--kv-cache-memory-bytes");
        }
    }

    @Test
    void memoryThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> KvPoolSize.fit(asking(1 << 20), GEOMETRY, 4096, halfOf(500_000))).hasMessage(
                "--kv-cache-memory-bytes 1048576 does not fit: only 500000 bytes are free beside the"
                        + " weights, a block takes 1024");
    }

    @Test
    void aLengthTheModelWasNotMadeForIsRefused() {
        assertThatThrownBy(() -> KvPoolSize.fit(asking(4097, 1 << 30), GEOMETRY, 4096, halfOf(PLENTY)))
                .hasMessage("--max-model-len 4097 is more than the 4096 tokens this model was made for");
    }

    @Test
    void absurdSizesDoNotOverflow() {
        var huge = new KvGeometry(1000, 1 << 10, 1 << 10, 4, 1);
        EngineConfig config = new EngineConfig(OptionalInt.empty(), 65_536, 2048, 1024, 1,
                OptionalLong.empty(), true);
        KvPoolSize pool = KvPoolSize.fit(config, huge, Integer.MAX_VALUE, halfOf(Long.MAX_VALUE));
        assertThat(pool.blocks()).isPositive();
        assertThat(pool.maxModelLen()).isPositive().isLessThanOrEqualTo(pool.blocks());

        EngineConfig all = new EngineConfig(OptionalInt.empty(), 1, 2048, 1024, 16,
                OptionalLong.of(Long.MAX_VALUE), true);
        KvPoolSize most = KvPoolSize.fit(all, GEOMETRY, Integer.MAX_VALUE, halfOf(Long.MAX_VALUE));
        assertThat(16L * (most.blocks() + 1)).as("slots are ints").isPositive().isLessThan(Integer.MAX_VALUE);
    }
}
