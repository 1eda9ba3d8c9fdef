package dev.pigou.engine;

/**
 * The port to the device: executes packed steps of one loaded model. One thread at a time calls it: the engine thread, or
 * the one that executes steps for it ({@link StepExecutor}), between whose steps the engine thread may call the rest.
 */
public interface ModelRunner extends AutoCloseable {
    /** Logits have this many columns; token ids are below it. */
    int vocabSize();

    /**
     * Runs one step: computes every token of the batch, writes its keys and values into the pool, samples.
     *
     * @param output overwritten with what the step produced
     * @throws DeviceException if the step failed; the pool's blocks written by it hold garbage, everything else is
     *     as before
     */
    void execute(StepBatch batch, StepOutput output);

    /** Gives back memory that is kept for steps to come, after a step found too little. */
    void releaseCachedMemory();

    @Override
    void close();
}
