package dev.pigou.engine.demo;

import dev.pigou.engine.torch.Trainer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BatchesTest {
    @Test
    void onlyAnswersAndTheirEndAreLearned() {
        var chat = new Conversation(Optional.of("Answer briefly."),
                List.of(new Turn("What is 17 + 25?", "42"), new Turn("Thanks", "You are welcome!")));
        assertThat(learned(chat)).isEqualTo("42|You are welcome!|");
    }

    @Test
    void onlyAnswersAndTheirLineEndsAreLearnedInADrill() {
        var draws = new Draws(17);
        Question sum = new Arithmetic.Sum().draw(Band.EASY, draws);
        Question reversed = new Reversing().draw(Band.EASY, draws);
        assertThat(learned(new Drill(List.of(sum, reversed))))
                .isEqualTo(sum.answer() + "\n" + reversed.answer() + "\n");
    }

    private static String learned(Chat chat) {
        Batch batch = Batch.of(List.of(ChatTokens.of(chat)), 160);
        var learned = new StringBuilder();
        for (int target : batch.targets()[0]) {
            if (target == ByteVocabulary.END) {
                learned.append('|');
            } else if (target != Trainer.IGNORED) {
                learned.append((char) target);
            }
        }
        return learned.toString();
    }

    @Test
    void everyTargetIsTheTokenThatFollows() {
        var batches = new Batches(new Corpus(17), 1024);
        for (int i = 0; i < 20; i++) {
            Batch batch = batches.next(new Mix(0.5, 0.3));
            for (int row = 0; row < batch.inputs().length; row++) {
                int[] inputs = batch.inputs()[row];
                int[] targets = batch.targets()[row];
                assertThat(IntStream.range(0, inputs.length - 1)
                        .filter(at -> targets[at] != Trainer.IGNORED && targets[at] != inputs[at + 1]))
                        .isEmpty();
            }
        }
    }

    @Test
    void batchesHaveFewShapesAndNearlyAsManyTokensAsAskedFor() {
        var batches = new Batches(new Corpus(17), 4096);
        Set<Integer> lengths = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Batch batch = batches.next(new Mix(0.5, 0.3));
            lengths.add(batch.inputs()[0].length);
            assertThat(batch.tokens()).isBetween(4096 - Batches.MAX_CHAT_TOKENS, 4096);
        }
        assertThat(lengths).hasSizeLessThanOrEqualTo(18);
    }
}
