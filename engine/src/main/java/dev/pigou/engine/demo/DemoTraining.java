package dev.pigou.engine.demo;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.torch.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Trains a demo model from nothing, scores it on held-out questions and writes its folder. Used by one thread. */
public final class DemoTraining {
    private static final int BATCH_TOKENS = 4096;
    private static final int REPORT_EVERY_STEPS = 50;
    private static final int QUESTIONS_UNDERWAY = 20;

    private final Options options;
    private final Consumer<String> progress;
    private final ModelConfig config;
    private final long startedNanos = System.nanoTime();
    private long savedNanos = startedNanos;
    private long tokens;
    private double loss;

    private DemoTraining(Options options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
        config = options.model().config();
    }

    /**
     * What to train, how long, and where to.
     *
     * @param model which of the two
     * @param folder where the model goes; half-trained ones go there too, every {@code saveEvery}
     * @param seed everything random follows from it
     * @param steps optimiser steps; {@link DemoModel#steps} for the bundled model
     * @param threads cores to use; the same number gives the same model on the same processor
     * @param questions held-out questions of each task and band to score the model on
     */
    public record Options(DemoModel model, Path folder, long seed, int steps, int threads, Duration saveEvery,
            int questions) {
        public Options {
            if (steps < 1 || threads < 1 || questions < 1) {
                throw new IllegalArgumentException("steps, threads and questions must be at least 1, but are "
                        + steps + ", " + threads + " and " + questions);
            }
        }
    }

    /**
     * Runs the whole training on the calling thread.
     *
     * @param progress told a line of text now and then
     * @throws IOException if the folder cannot be written
     */
    public static TrainingRun run(Options options, Consumer<String> progress) throws IOException {
        return new DemoTraining(options, progress).run();
    }

    private TrainingRun run() throws IOException {
        try (var trainer = trainer(InitialWeights.of(config, options.seed()))) {
            train(trainer);
            DemoFolder.write(options.folder(), config, trainer.weights());
        }
        var wallTime = Duration.ofNanos(System.nanoTime() - startedNanos);
        try (var written = trainer(DemoFolder.readWeights(options.folder()))) {
            var run = new TrainingRun(options.model(), options.seed(), options.steps(), tokens, wallTime,
                    options.threads(), loss, score(written, options.questions()));
            ModelCard.write(options.folder(), run);
            return run;
        }
    }

    private Trainer trainer(Map<String, float[]> weights) {
        return new Trainer(config, DemoFolder.DTYPE, weights, options.threads());
    }

    private void train(Trainer trainer) throws IOException {
        var batches = new Batches(new Corpus(options.seed()), BATCH_TOKENS);
        var schedule = new Schedule(options.steps());
        for (int step = 0; step < options.steps(); step++) {
            Batch batch = batches.next(schedule.mix(step));
            double rate = schedule.learningRate(step);
            Trainer.Progress seen = trainer.step(batch.inputs(), batch.targets(), rate);
            tokens += batch.tokens();
            loss = step == 0 ? seen.loss() : 0.98 * loss + 0.02 * seen.loss();
            if ((step + 1) % REPORT_EVERY_STEPS == 0) {
                report(step + 1, rate);
            }
            if (System.nanoTime() - savedNanos > options.saveEvery().toNanos()) {
                save(trainer);
            }
        }
    }

    private void report(int step, double rate) {
        double seconds = (System.nanoTime() - startedNanos) / 1e9;
        progress.accept(String.format(Locale.ROOT,
                "step %d of %d: loss %.4f, learning rate %.5f, %.0f tokens/s, %.0f s", step, options.steps(),
                loss, rate, tokens / seconds, seconds));
    }

    /** So that a training that is cut short has not been for nothing. */
    private void save(Trainer trainer) throws IOException {
        score(trainer, Math.min(QUESTIONS_UNDERWAY, options.questions()));
        DemoFolder.write(options.folder(), config, trainer.weights());
        savedNanos = System.nanoTime();
    }

    private List<Score> score(Trainer trainer, int questions) {
        // Another stream than the corpus'; the split alone keeps the two apart.
        List<Score> scores = Evaluation.draw(~options.seed(), questions).score(trainer);
        progress.accept(
                "held out: " + scores.stream().map(Score::toString).collect(Collectors.joining(", ")));
        return scores;
    }
}
