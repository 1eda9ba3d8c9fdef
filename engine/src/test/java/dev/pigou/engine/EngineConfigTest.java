package dev.pigou.engine;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EngineConfigTest {
    private static EngineConfig with(int length, int seqs, int batched, int queued, int block, long kvBytes) {
        return new EngineConfig(OptionalInt.of(length), seqs, batched, queued, block,
                OptionalLong.of(kvBytes), true);
    }

    static Stream<Arguments> outOfRange() {
        return Stream.of(Arguments.of("--max-model-len must be at least 1, but is 0", 0, 1, 1, 1, 1, 1),
                Arguments.of("--max-num-seqs must be from 1 to 65536, but is 0", 1, 0, 1, 1, 1, 1),
                Arguments.of("--max-num-seqs must be from 1 to 65536, but is 65537", 1, 65_537, 1, 1, 1, 1),
                Arguments.of("--max-num-batched-tokens must be from 1 to 1048576, but is -1", 1, 1, -1, 1, 1,
                        1),
                Arguments.of("--max-num-batched-tokens must be from 1 to 1048576, but is 1048577", 1, 1,
                        1_048_577, 1, 1, 1),
                Arguments.of("--max-num-queued-reqs must be at least 0, but is -1", 1, 1, 1, -1, 1, 1),
                Arguments.of("--block-size must be from 1 to 1024, but is 1025", 1, 1, 1, 1, 1025, 1),
                Arguments.of("--kv-cache-memory-bytes must be at least 1 byte, but is 0", 1, 1, 1, 1, 1, 0));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
    void aShareOfTheMemoryIsAboveZeroAndAtMostOne(double share) {
        EngineConfig defaults = EngineConfig.defaults();
        assertThatThrownBy(() -> new EngineConfig(OptionalInt.empty(), 1, 1, 1, 1, OptionalLong.empty(),
                OptionalDouble.of(share), true, defaults.schedulingPolicy(), defaults.retentionPolicy(),
                Optional.empty(), false, 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--gpu-memory-utilization must be above 0 and at most 1, but is " + share);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1_000_001, Double.NaN, Double.POSITIVE_INFINITY})
    void aFlatPriceIsANumberOfCredits(double credits) {
        EngineConfig defaults = EngineConfig.defaults();
        assertThatThrownBy(() -> new EngineConfig(OptionalInt.empty(), 1, 1, 1, 1, OptionalLong.empty(),
                OptionalDouble.empty(), true, defaults.schedulingPolicy(), defaults.retentionPolicy(),
                Optional.empty(), false, credits)).isInstanceOf(IllegalArgumentException.class).hasMessage(
                        "--resource-price must be a number of credits from 0 to 1000000, but is " + credits);
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void whatIsOutOfRangeIsToldByItsFlag(String message, int length, int seqs, int batched, int queued,
            int block, long kvBytes) {
        assertThatThrownBy(() -> with(length, seqs, batched, queued, block, kvBytes))
                .isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void theEndsOfEveryRangeAreAllowed() {
        assertThat(with(1, 1, 1, 0, 1, 1).blockSize()).isEqualTo(1);
        assertThat(
                with(Integer.MAX_VALUE, 65_536, 1 << 20, Integer.MAX_VALUE, 1024, Long.MAX_VALUE).blockSize())
                .isEqualTo(1024);
        assertThat(EngineConfig.defaults().prefixCaching()).isTrue();
    }
}
