package dev.pigou.engine.torch;

import ai.djl.pytorch.jni.JniUtils;
import dev.pigou.engine.DeviceException;
import dev.pigou.engine.ModelRunner;
import dev.pigou.engine.StepBatch;
import dev.pigou.engine.StepOutput;
import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.RotaryEmbedding;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Executes steps with PyTorch: one native call a step. Loading may happen on any thread; after that one thread executes.
 */
public final class TorchModelRunner implements ModelRunner {
    private final ModelProgram program;
    private final int vocabSize;
    private @Nullable Thread optimizerOffFor;

    private TorchModelRunner(ModelProgram program, int vocabSize) {
        this.program = program;
        this.vocabSize = vocabSize;
    }

    /**
     * Loads a model and makes room for its KV pool.
     *
     * @param blocks KV blocks, the null block 0 among them
     * @param progress told the share of layers loaded, in [0, 1]
     * @throws DeviceException if the device has not enough memory
     */
    public static TorchModelRunner load(TorchBackend backend, ModelFolder folder, int maxModelLen,
            int blockSize, int blocks, DoubleConsumer progress) {
        ModelConfig config = folder.config();
        ModelProgram program = ModelProgram.load(config, backend, blockSize);
        try {
            WeightLoader.load(folder, program, backend, progress);
            program.releaseCachedMemory(); // what loading was done with
            program.allocate(RotaryEmbedding.of(config, maxModelLen), config, (long) blocks * blockSize);
        } catch (ai.djl.engine.EngineException e) {
            program.close();
            throw TorchFailure.of("loading the model", e);
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
        return new TorchModelRunner(program, config.vocabSize());
    }

    @Override
    public int vocabSize() { return vocabSize; }

    @Override
    public void execute(StepBatch batch, StepOutput output) {
        if (optimizerOffFor != Thread.currentThread()) {
            JniUtils.setGraphExecutorOptimize(false); // per thread; shapes change every step, so it never pays
            optimizerOffFor = Thread.currentThread();
        }
        double[] values;
        try {
            values = program.run(batch.numbers(), batch.whole(), batch.counts(), batch.groups());
        } catch (RuntimeException e) {
            throw TorchFailure.of("the device step", e);
        }
        output.set(values);
    }

    @Override
    public void releaseCachedMemory() { program.releaseCachedMemory(); }

    @Override
    public void close() { program.close(); }
}
