package dev.pigou.engine.demo;

import dev.pigou.engine.torch.Trainer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Exact-match accuracy on questions the model has never seen, each asked alone and answered greedily. */
final class Evaluation {
    private static final int QUESTIONS_AT_ONCE = 64;

    private record Answered(Question question, String answer) {
        boolean right() { return answer.equals(question.answer()); }
    }

    private final List<Question> questions;

    private Evaluation(List<Question> questions) { this.questions = questions; }

    /** Different held-out questions of every task and band; a band that has fewer gives what it has. */
    static Evaluation draw(long seed, int perBand) {
        var draws = new Draws(seed);
        var questions = new ArrayList<Question>();
        for (Task task : Corpus.tasks()) {
            for (Band band : Band.values()) {
                draw(task, band, perBand, draws, questions);
            }
        }
        return new Evaluation(List.copyOf(questions));
    }

    private static void draw(Task task, Band band, int count, Draws draws, List<Question> questions) {
        Set<String> subjects = new HashSet<>();
        for (int tries = 0; tries < 100 * count && subjects.size() < count; tries++) {
            Question drawn = task.draw(band, draws);
            if (Split.of(drawn) == Split.HELD_OUT && subjects.add(drawn.subject())) {
                questions.add(drawn);
            }
        }
    }

    List<Question> questions() { return questions; }

    /** One score for each task and band. */
    List<Score> score(Trainer model) {
        List<Answered> answered = answer(model);
        var scores = new ArrayList<Score>();
        for (Task task : Corpus.tasks()) {
            for (Band band : Band.values()) {
                List<Answered> some = answered.stream()
                        .filter(a -> a.question().task().equals(task.name()) && a.question().band() == band)
                        .toList();
                int right = (int) some.stream().filter(Answered::right).count();
                scores.add(new Score(task.name(), band, right, some.size()));
            }
        }
        return scores;
    }

    /** Questions with answers of like length go together: a longer answer than the right one need not be heard out. */
    private List<Answered> answer(Trainer model) {
        List<Question> sorted = questions.stream().sorted(
                Comparator.comparingInt(Evaluation::answerTokens).thenComparingInt(q -> q.text().length()))
                .toList();
        var answered = new ArrayList<Answered>();
        for (int from = 0; from < sorted.size(); from += QUESTIONS_AT_ONCE) {
            List<Question> some = sorted.subList(from, Math.min(sorted.size(), from + QUESTIONS_AT_ONCE));
            List<int[]> prompts = some.stream().map(question -> ChatTokens.prompt(question.text())).toList();
            int maxTokens = 1 + some.stream().mapToInt(Evaluation::answerTokens).max().orElseThrow();
            List<int[]> answers = model.greedy(prompts, maxTokens, ByteVocabulary.END);
            for (int i = 0; i < some.size(); i++) {
                answered.add(new Answered(some.get(i), ByteVocabulary.decode(answers.get(i))));
            }
        }
        return answered;
    }

    private static int answerTokens(Question question) {
        return ByteVocabulary.encode(question.answer()).length;
    }
}
