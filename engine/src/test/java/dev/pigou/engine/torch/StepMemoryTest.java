package dev.pigou.engine.torch;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelFolder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StepMemoryTest {
    private static final ModelConfig MODEL = config();

    private static ModelConfig config() {
        try (ModelFolder folder = ModelFolder.open(TestEngine.GOLDEN.resolve("llama-f32"))) {
            return folder.config();
        }
    }

    private static long beside(int elementBytes, int tokens, int sequences) {
        return StepMemory.bytes(MODEL, elementBytes, tokens, sequences) - StepMemory.FIXED_BYTES;
    }

    @Test
    void aTokenTakesItsRowsAndASequenceItsLogits() {
        long token = beside(2, 101, 1) - beside(2, 100, 1);
        long widest = 2L * (2 * MODEL.intermediateSize() + MODEL.hiddenSize());
        assertThat(token).as("gate, up and the residual at the least").isGreaterThan(widest)
                .isLessThan(8 * widest);
        long sequence = beside(2, 100, 9) - beside(2, 100, 8);
        assertThat(sequence).as("logits as they come, and in float32 what is made of them")
                .isEqualTo(MODEL.vocabSize() * (2L + 3 * 4));
    }

    @Test
    void aStepHasNoMoreRowsOfLogitsThanTokens() {
        assertThat(beside(2, 8, 256)).isEqualTo(beside(2, 8, 8));
    }

    @Test
    void theLargestStepThereIsDoesNotOverflow() {
        assertThat(beside(4, 1 << 20, 65_536)).isPositive().isGreaterThan(beside(2, 1 << 20, 65_536));
    }
}
