package dev.pigou.bench;

import dev.pigou.engine.Ending;
import dev.pigou.engine.Engine;
import dev.pigou.engine.EngineSnapshot;
import dev.pigou.engine.GenerateRequest;
import dev.pigou.engine.Submission;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.TokenSink;
import dev.pigou.scheduler.SamplingParams;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How fast an engine's steps are, without the network: prefill and decode tokens a second at several batch sizes, and
 * the share of step time that is ours rather than the device's.
 *
 * <p>Prompts are random ids, so no prefix is ever found. Each row is the median of several rounds; prefill counts from
 * submission to the last first token, decode from there to the end.
 */
public final class StepSpeed {
    private static final int PROMPT = 256;
    private static final int OUTPUT = 64;
    private static final int ROUNDS = 5;
    private static final int[] BATCHES = {1, 4, 16};

    private final Engine engine;
    private final SplittableRandom random = new SplittableRandom(7);

    private final PrintWriter out;

    /** @param out where the table goes */
    public StepSpeed(Engine engine, PrintWriter out) {
        this.engine = engine;
        this.out = out;
    }

    /** One round's tokens a second. */
    private record Round(double prefill, double decode) {}

    /** Measures and prints, which takes a minute for a small model. */
    public void run() throws InterruptedException, IOException {
        round(2, 8); // warm-up
        out.printf(Locale.ROOT, "prompt %d, output %d, medians of %d rounds%n", PROMPT, OUTPUT, ROUNDS);
        out.println(
                "| sequences | prefill tokens/s | decode tokens/s | decode step ms | Java share of step |");
        out.println("|---:|---:|---:|---:|---:|");
        for (int batch : BATCHES) {
            EngineSnapshot before = engine.snapshot();
            List<Round> rounds = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(round(batch, OUTPUT));
            }
            EngineSnapshot after = engine.snapshot();
            double step = after.stepNanos() - before.stepNanos();
            double device = after.deviceNanos() - before.deviceNanos();
            double decode = median(rounds.stream().mapToDouble(Round::decode).toArray());
            out.printf(Locale.ROOT, "| %d | %.0f | %.1f | %.2f | %.2f %% |%n", batch,
                    median(rounds.stream().mapToDouble(Round::prefill).toArray()), decode,
                    1000 * batch / decode, 100 * (step - device) / step);
            out.flush();
        }
        out.println(peakMemory());
    }

    private static String peakMemory() throws IOException {
        Path status = Path.of("/proc/self/status");
        return !Files.exists(status)
                ? ""
                : Files.readString(status).lines()
                        .filter(line -> line.startsWith("VmHWM") || line.startsWith("RssAnon"))
                        .map(line -> line.replaceAll("\\s+", " ")).toList().toString();
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private Round round(int batch, int output) throws InterruptedException {
        var latch = new CountDownLatch(batch);
        var lastFirstToken = new AtomicLong();
        var sampling = SamplingParams.builder().temperature(0).ignoreEos(true).maxTokens(output).build();
        long begin = System.nanoTime();
        for (int i = 0; i < batch; i++) {
            int[] prompt = random.ints(PROMPT, 0, engine.limits().vocabSize()).toArray();
            var submitted = engine.submit(new GenerateRequest("speed-" + i, prompt, sampling, 1, 0),
                    new Watch(latch, lastFirstToken));
            if (!(submitted instanceof Submission.Accepted)) {
                throw new IllegalStateException("not accepted: " + submitted);
            }
        }
        latch.await();
        long end = System.nanoTime();
        return new Round(1e9 * batch * PROMPT / (lastFirstToken.get() - begin),
                1e9 * batch * (output - 1) / (end - lastFirstToken.get()));
    }

    /** Notes when the last of all first tokens came. */
    private static final class Watch implements TokenSink {
        private final CountDownLatch latch;
        private final AtomicLong lastFirstToken;
        private boolean started;

        Watch(CountDownLatch latch, AtomicLong lastFirstToken) {
            this.latch = latch;
            this.lastFirstToken = lastFirstToken;
        }

        @Override
        public void onToken(int choice, int token, @Nullable TokenLogprobs logprobs) {
            if (!started) {
                started = true;
                lastFirstToken.accumulateAndGet(System.nanoTime(), Math::max);
            }
        }

        @Override
        public void onFinished(int choice, Ending ending) { latch.countDown(); }
    }
}
