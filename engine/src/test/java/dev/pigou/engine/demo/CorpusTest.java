package dev.pigou.engine.demo;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CorpusTest {
    private static final long SEED = 17;
    private static final Mix MIX = new Mix(0.5, 0.3);

    @Test
    void heldOutQuestionsNeverOccurInTraining() {
        Set<String> heldOut = Evaluation.draw(~SEED, 200).questions().stream()
                .flatMap(question -> Stream.of(question.text(), question.brief()))
                .collect(Collectors.toSet());
        var corpus = new Corpus(SEED);
        for (int i = 0; i < 10_000; i++) {
            List<String> asked = switch (corpus.next(MIX)) {
                case Conversation conversation -> conversation.turns().stream().map(Turn::user).toList();
                case Drill drill -> drill.questions().stream().map(Question::brief).toList();
            };
            assertThat(asked.stream().filter(heldOut::contains)).as("seed %d", SEED).isEmpty();
        }
    }

    @Test
    void aTenthOfTheQuestionsOfEveryBandIsHeldOut() {
        for (Task task : Corpus.tasks()) {
            for (Band band : Band.values()) {
                var draws = new Draws(SEED);
                var subjects = new HashSet<String>();
                int heldOut = 0;
                for (int i = 0; i < 5_000; i++) {
                    Question question = task.draw(band, draws);
                    if (subjects.add(question.subject()) && Split.of(question) == Split.HELD_OUT) {
                        heldOut++;
                    }
                }
                assertThat((double) heldOut / subjects.size()).as("%s %s, seed %d", task.name(), band, SEED)
                        .isBetween(0.06, 0.14);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameChats() {
        var one = new Corpus(SEED);
        var other = new Corpus(SEED);
        for (int i = 0; i < 500; i++) {
            assertThat(one.next(MIX)).isEqualTo(other.next(MIX));
        }
    }

    @Test
    void nearlyEveryChatFitsABatch() {
        var corpus = new Corpus(SEED);
        int tooLong = 0;
        for (int i = 0; i < 3_000; i++) {
            tooLong += ChatTokens.of(corpus.next(MIX)).length() > Batches.MAX_CHAT_TOKENS ? 1 : 0;
        }
        assertThat(tooLong).as("of 3000, seed %d", SEED).isLessThan(90);
    }
}
