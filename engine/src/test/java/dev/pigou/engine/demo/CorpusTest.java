package dev.pigou.engine.demo;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CorpusTest {
    private static final long SEED = 17;

    @Test
    void heldOutQuestionsNeverOccurInTraining() {
        Set<String> heldOut = Evaluation.draw(~SEED, 200).questions().stream().map(Question::text)
                .collect(Collectors.toSet());
        var corpus = new Corpus(SEED);
        for (int i = 0; i < 30_000; i++) {
            for (Turn turn : corpus.next(0.5).turns()) {
                assertThat(heldOut).as("seed %d", SEED).doesNotContain(turn.user());
            }
        }
    }

    @Test
    void aTenthOfTheQuestionsOfEveryBandIsHeldOut() {
        for (Task task : Corpus.tasks()) {
            for (Band band : Band.values()) {
                var draws = new Draws(SEED);
                var subjects = new HashSet<String>();
                int heldOut = 0;
                for (int i = 0; i < 20_000; i++) {
                    Question question = task.draw(band, draws);
                    if (subjects.add(question.subject()) && Split.of(question) == Split.HELD_OUT) {
                        heldOut++;
                    }
                }
                assertThat((double) heldOut / subjects.size()).as("%s %s, seed %d", task.name(), band, SEED)
                        .isBetween(0.07, 0.13);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameChats() {
        var one = new Corpus(SEED);
        var other = new Corpus(SEED);
        for (int i = 0; i < 500; i++) {
            assertThat(one.next(0.5)).isEqualTo(other.next(0.5));
        }
    }

    @Test
    void nearlyEveryChatFitsABatch() {
        var corpus = new Corpus(SEED);
        int tooLong = 0;
        for (int i = 0; i < 10_000; i++) {
            tooLong += ChatTokens.of(corpus.next(0.7)).length() > Batches.MAX_CHAT_TOKENS ? 1 : 0;
        }
        assertThat(tooLong).as("of 10000, seed %d", SEED).isLessThan(300);
    }
}
