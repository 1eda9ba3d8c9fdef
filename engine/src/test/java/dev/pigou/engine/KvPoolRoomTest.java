package dev.pigou.engine;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KvPoolRoomTest {
    private static final long GIB = 1L << 30;
    /** An H200 of which others hold 10 GiB. */
    private static final DeviceMemory MEMORY = new DeviceMemory(140 * GIB, 130 * GIB);

    private static KvPoolRoom room(double utilization, long weights, long step) {
        return new KvPoolRoom(MEMORY, weights * GIB, step * GIB, OptionalDouble.of(utilization));
    }

    @Test
    void theUtilizationIsOfAllMemoryAndOthersUseIsCountedIn() {
        assertThat(room(0.5, 16, 4).chosen()).isEqualTo((70 - 10 - 16 - 4) * GIB);
        assertThat(room(1, 16, 4).chosen()).isEqualTo((140 - 10 - 16 - 4) * GIB);
    }

    @Test
    void withoutAUtilizationItIsHalfOfWhatTheWeightsLeave() {
        var careful = new KvPoolRoom(MEMORY, 30 * GIB, 99 * GIB, OptionalDouble.empty());
        assertThat(careful.chosen()).isEqualTo(50 * GIB);
        assertThat(new KvPoolRoom(MEMORY, 131 * GIB, 0, OptionalDouble.empty()).chosen()).isZero();
    }

    @Test
    void whatMayBeAskedForDependsOnWhatIsFreeOnly() {
        assertThat(room(0.1, 30, 50).most()).isEqualTo(100 * GIB);
    }

    @Test
    void whatTakesHowMuchIsSaidWhenNothingIsLeft() {
        assertThatThrownBy(() -> room(0.5, 56, 4).chosen()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--gpu-memory-utilization 0.5 of 140.0 GiB allows 70.0 GiB, but 10.0 GiB are in"
                        + " use already, the weights take 56.0 GiB and a step up to 4.0 GiB: nothing is left")
                .hasMessageContaining("--max-num-batched-tokens").hasMessageContaining("--quantization");
        assertThat(room(0.5, 55, 4).chosen()).isEqualTo(GIB);
    }
}
