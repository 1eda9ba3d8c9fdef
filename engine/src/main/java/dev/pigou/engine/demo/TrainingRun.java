package dev.pigou.engine.demo;

import java.time.Duration;
import java.util.List;

/**
 * What came of a training, for the model card.
 *
 * @param tokens positions computed, padding counted in
 * @param wallTime of the training steps and the intermediate scores
 * @param loss mean over the last steps, in nats a token of an answer
 * @param scores of the weights as they were written
 */
public record TrainingRun(DemoModel model, long seed, int steps, long tokens, Duration wallTime, int threads,
        double loss, List<Score> scores) {
    public TrainingRun {
        scores = List.copyOf(scores);
    }
}
