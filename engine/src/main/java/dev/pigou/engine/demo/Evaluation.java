package dev.pigou.engine.demo;

import dev.pigou.engine.torch.Trainer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/** Exact-match accuracy on questions the model has never seen, answered greedily. */
public final class Evaluation {
    private static final int ROWS = 64;
    private static final int MAX_ANSWER_TOKENS = 40;

    private Evaluation() {
    }

    /** How many of the questions of one task and band were answered exactly. */
    public record Score(String task, Band band, int right, int asked) {
        public double accuracy() {
            return (double) right / asked;
        }
    }

    public record Answered(Question question, String answer) {
        public boolean right() {
            return answer.equals(question.answer());
        }
    }

    /** Different held-out questions of every task and band; a band that has fewer gives what it has. */
    static List<Question> heldOut(long seed, int perBand) {
        var draws = new Draws(seed);
        var questions = new ArrayList<Question>();
        for (Task task : Corpus.tasks()) {
            for (Band band : Band.values()) {
                var subjects = new HashSet<String>();
                for (int tries = 0; tries < 100 * perBand && subjects.size() < perBand; tries++) {
                    Question drawn = task.draw(band, draws);
                    if (Split.of(drawn) == Split.HELD_OUT && subjects.add(drawn.subject())) {
                        questions.add(drawn);
                    }
                }
            }
        }
        return questions;
    }

    static List<Answered> answer(Trainer model, List<Question> questions) {
        List<Question> byLength = questions.stream().sorted(Comparator.comparingInt(q -> q.text().length())).toList();
        var answered = new ArrayList<Answered>();
        for (int from = 0; from < byLength.size(); from += ROWS) {
            List<Question> some = byLength.subList(from, Math.min(byLength.size(), from + ROWS));
            List<int[]> prompts = some.stream().map(q -> ChatTokens.prompt(q.text())).toList();
            List<int[]> answers = model.greedy(prompts, MAX_ANSWER_TOKENS, Vocabulary.END);
            for (int i = 0; i < some.size(); i++) {
                answered.add(new Answered(some.get(i), Vocabulary.decode(answers.get(i))));
            }
        }
        return answered;
    }

    /** One score for each task and band, in the corpus' order. */
    static List<Score> scores(List<Answered> answered) {
        var scores = new ArrayList<Score>();
        for (Task task : Corpus.tasks()) {
            for (Band band : Band.values()) {
                List<Answered> cell = answered.stream()
                        .filter(a -> a.question().task().equals(task.name()) && a.question().band() == band).toList();
                int right = (int) cell.stream().filter(Answered::right).count();
                scores.add(new Score(task.name(), band, right, cell.size()));
            }
        }
        return scores;
    }
}
