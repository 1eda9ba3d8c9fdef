package dev.pigou.engine.demo;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.torch.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Trains a demo model from nothing, scores it on held-out questions and writes its folder. */
public final class DemoTraining {
    private static final int QUESTIONS_PER_BAND = 200;
    private static final int QUESTIONS_PER_BAND_UNDERWAY = 20;

    private final Options options;
    private final Consumer<String> progress;
    private final long started = System.nanoTime();
    private long tokens;

    private DemoTraining(Options options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * @param model which of the two
     * @param folder where the model goes; also written every {@code saveEvery}, half trained
     * @param seed everything random follows from it
     * @param steps optimiser steps
     * @param threads cores to use; the same number gives the same model on the same processor
     */
    public record Options(DemoModel model, Path folder, long seed, int steps, int threads, Duration saveEvery) {
    }

    /** Runs the whole training on the calling thread and returns the held-out scores. */
    public static List<Evaluation.Score> run(Options options, Consumer<String> progress) throws IOException {
        return new DemoTraining(options, progress).run();
    }

    private List<Evaluation.Score> run() throws IOException {
        ModelConfig config = options.model().config();
        var batches = new Batches(new Corpus(options.seed()), BATCH_TOKENS);
        try (var trainer = new Trainer(config, DemoModel.DTYPE, InitialWeights.of(config, options.seed()),
                options.threads())) {
            train(config, trainer, batches);
            List<Evaluation.Score> scores = score(trainer, QUESTIONS_PER_BAND);
            DemoFolder.write(options.folder(), config, trainer.weights());
            return scores;
        }
    }

    private static final int BATCH_TOKENS = 4096;

    private void train(ModelConfig config, Trainer trainer, Batches batches) throws IOException {
        long saved = System.nanoTime();
        double loss = 0;
        for (int step = 0; step < options.steps(); step++) {
            Schedule schedule = new Schedule(options.steps(), 200, 3e-3, 0.5);
            Batch batch = batches.next(schedule.hardShare(step));
            Trainer.Progress seen = trainer.step(batch.inputs(), batch.targets(), schedule.learningRate(step));
            tokens += batch.tokens();
            loss = step == 0 ? seen.loss() : 0.98 * loss + 0.02 * seen.loss();
            if (step % 50 == 49) {
                double seconds = (System.nanoTime() - started) / 1e9;
                progress.accept(String.format(Locale.ROOT,
                        "step %d/%d loss %.4f gradient %.2f rate %.5f, %.0f tokens/s, %.0f s", step + 1,
                        options.steps(), loss, seen.gradientNorm(), schedule.learningRate(step), tokens / seconds,
                        seconds));
            }
            if (System.nanoTime() - saved > options.saveEvery().toNanos()) {
                score(trainer, QUESTIONS_PER_BAND_UNDERWAY);
                DemoFolder.write(options.folder(), config, trainer.weights());
                saved = System.nanoTime();
            }
        }
    }

    private List<Evaluation.Score> score(Trainer trainer, int perBand) {
        List<Evaluation.Answered> answered = Evaluation.answer(trainer, Evaluation.heldOut(options.seed() + 1, perBand));
        List<Evaluation.Score> scores = Evaluation.scores(answered);
        var line = new StringBuilder("held out:");
        for (Evaluation.Score score : scores) {
            line.append(String.format(Locale.ROOT, " %s/%s %.0f%%", score.task(),
                    score.band().name().toLowerCase(Locale.ROOT), 100 * score.accuracy()));
        }
        progress.accept(line.toString());
        return scores;
    }
}
