package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CostClock;
import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.engine.StepBatch;
import dev.pigou.engine.StepOutput;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.torch.TorchBackend;
import dev.pigou.engine.torch.TorchDevice;
import dev.pigou.engine.torch.TorchModelRunner;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.StepPlan;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of a real model on the CPU, from the plan to the sampled tokens: packing and PyTorch. Planning and settling
 * are {@link SchedulerStepBenchmark}'s. The contexts' keys and values are those of no text, which costs the same. In
 * float32, because processors without arithmetic in bfloat16 emulate that, at a tenth of the speed and less.
 */
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class EngineStepBenchmark extends CountedBenchmark {
    private static final int CONTEXT_TOKENS = 256;
    /** Tokens of a prefill step, shared by its sequences. */
    private static final int BUDGET_TOKENS = 512;

    @Param({"demo", "mid"})
    String model = "";

    @Param({"1", "4", "16", "64"})
    int sequences;

    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private TorchModelRunner runner;
    @SuppressWarnings("NullAway.Init")
    private StepBatch batch;
    @SuppressWarnings("NullAway.Init")
    private StepOutput output;
    @SuppressWarnings("NullAway.Init")
    private StepPlan decode;
    @SuppressWarnings("NullAway.Init")
    private StepPlan prefill;

    /** PyTorch's own threads work too. */
    public EngineStepBenchmark() { super(CostClock.WALL); }

    @Setup
    public void load() throws IOException {
        try (ModelFolder folder = ModelFolder.open(BenchmarkModels.named(model))) {
            int vocabulary = folder.config().vocabSize();
            var backend = TorchBackend.of(TorchDevice.named("cpu"), ModelDtype.FLOAT32);
            runner = TorchModelRunner.load(backend, folder, 2 * BUDGET_TOKENS, ReplayedStep.BLOCK_SIZE,
                    ReplayedStep.blocks(sequences, Math.max(CONTEXT_TOKENS, BUDGET_TOKENS / sequences)),
                    _ -> {});
            batch = new StepBatch(ReplayedStep.BLOCK_SIZE, vocabulary, 25);
            output = new StepOutput(batch);
            SamplingParams params = SamplingParams.builder().temperature(0.8f).maxTokens(8).build();
            decode = ReplayedStep.decode(sequences, CONTEXT_TOKENS, vocabulary, params);
            prefill = ReplayedStep.prefill(sequences, BUDGET_TOKENS / sequences, vocabulary, params);
        }
    }

    @TearDown
    public void close() { runner.close(); }

    @Benchmark
    public int decode() { return execute(decode); }

    @Benchmark
    public int prefill() { return execute(prefill); }

    private int execute(StepPlan plan) {
        batch.pack(plan);
        runner.execute(batch, output);
        return output.token(0);
    }
}
