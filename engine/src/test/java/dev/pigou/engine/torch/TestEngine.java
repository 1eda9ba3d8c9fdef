package dev.pigou.engine.torch;

import dev.pigou.engine.BatchingEngine;
import dev.pigou.engine.Engine;
import dev.pigou.engine.EngineLimits;
import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.ModelRunner;
import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.StepBatch;
import dev.pigou.engine.Submission;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A real engine on a golden model, with everything that shapes its batches settable. */
final class TestEngine implements AutoCloseable {
    static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final int MAX_MODEL_LEN = 1024;

    final Engine engine;

    private TestEngine(Engine engine) { this.engine = engine; }

    /** What differs between the tests. */
    record Setup(TorchBackend backend, int maxNumSeqs, int maxNumBatchedTokens, int blockSize, int blocks,
            boolean prefixCaching, boolean asyncScheduling) {
        /** In float32. */
        static Setup roomy(KernelSet kernels) {
            var backend = new TorchBackend(TestKernels.CPU, ModelDtype.FLOAT32, kernels, Quantization.NONE);
            return new Setup(backend, 64, 2048, 16, 2048, true, false);
        }

        Setup withDtype(ModelDtype value) {
            var other = new TorchBackend(backend.device(), value, backend.kernels(), backend.quantization());
            return new Setup(other, maxNumSeqs, maxNumBatchedTokens, blockSize, blocks, prefixCaching,
                    asyncScheduling);
        }

        Setup withBatch(int seqs, int tokens) {
            return new Setup(backend, seqs, tokens, blockSize, blocks, prefixCaching, asyncScheduling);
        }

        Setup withBlocks(int size, int count) {
            return new Setup(backend, maxNumSeqs, maxNumBatchedTokens, size, count, prefixCaching,
                    asyncScheduling);
        }

        Setup planningAhead(boolean ahead) {
            return new Setup(backend, maxNumSeqs, maxNumBatchedTokens, blockSize, blocks, prefixCaching,
                    ahead);
        }

        Setup withoutPrefixCaching() {
            return new Setup(backend, maxNumSeqs, maxNumBatchedTokens, blockSize, blocks, false,
                    asyncScheduling);
        }
    }

    static TestEngine load(String model, Setup setup) { return load(model, setup, UnaryOperator.identity()); }

    /** @param around what stands between the engine and the model */
    static TestEngine load(String model, Setup setup, UnaryOperator<ModelRunner> around) {
        try (ModelFolder folder = ModelFolder.open(GOLDEN.resolve(model))) {
            var runner = TorchModelRunner.load(setup.backend(), folder, MAX_MODEL_LEN, setup.blockSize,
                    setup.blocks + 1, _ -> {});
            var cache = new KvCacheManager(setup.blocks, setup.blockSize, setup.prefixCaching,
                    new LruRetention(setup.blocks));
            var config = new SchedulerConfig(setup.maxNumSeqs, setup.maxNumBatchedTokens, MAX_MODEL_LEN,
                    folder.config().eosTokenIds().stream().mapToInt(Integer::intValue).toArray());
            var scheduler = new Scheduler(config, new FcfsPolicy(), cache);
            var limits = new EngineLimits(runner.vocabSize(), MAX_MODEL_LEN, 20);
            return new TestEngine(new BatchingEngine(scheduler, around.apply(runner),
                    new StepBatch(setup.blockSize, runner.vocabSize(), 1), limits, setup.maxNumSeqs, 10_000,
                    setup.asyncScheduling));
        }
    }

    RecordingSink submit(int[] prompt, SamplingParams params) { return submit(prompt, params, 1); }

    RecordingSink submit(int[] prompt, SamplingParams params, int choices) {
        var sink = new RecordingSink(choices);
        var submission = engine.submit(new GenerateRequest("test", prompt, params, choices, 0), sink);
        if (!(submission instanceof Submission.Accepted)) {
            throw new AssertionError("not accepted: " + submission);
        }
        return sink;
    }

    @Override
    public void close() {
        try {
            engine.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
