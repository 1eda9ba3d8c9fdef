package dev.pigou.engine.demo;

import dev.pigou.engine.torch.Trainer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BatchesTest {
    @Test
    void onlyAnswersAndTheirEndAreLearned() {
        var chat = new Conversation(Optional.of("Answer briefly."),
                List.of(new Turn("What is 17 + 25?", "42"), new Turn("Thanks", "You are welcome!")));
        Batch batch = Batch.of(List.of(ChatTokens.of(chat)), 160);
        var learned = new StringBuilder();
        for (int target : batch.targets()[0]) {
            if (target == ByteVocabulary.END) {
                learned.append('|');
            } else if (target != Trainer.IGNORED) {
                learned.append((char) target);
            }
        }
        assertThat(learned.toString()).isEqualTo("42|You are welcome!|");
    }

    @Test
    void everyTargetIsTheTokenThatFollows() {
        var batches = new Batches(new Corpus(17), 1024);
        for (int i = 0; i < 50; i++) {
            Batch batch = batches.next(0.5);
            for (int row = 0; row < batch.inputs().length; row++) {
                int[] inputs = batch.inputs()[row];
                int[] targets = batch.targets()[row];
                for (int at = 0; at + 1 < inputs.length; at++) {
                    assertThat(targets[at]).isIn(Trainer.IGNORED, inputs[at + 1]);
                }
            }
        }
    }

    @Test
    void batchesHaveFewShapesAndNearlyAsManyTokensAsAskedFor() {
        var batches = new Batches(new Corpus(17), 4096);
        Set<Integer> lengths = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Batch batch = batches.next(0.5);
            lengths.add(batch.inputs()[0].length);
            assertThat(batch.tokens()).isBetween(4096 - Batches.MAX_CHAT_TOKENS, 4096);
        }
        assertThat(lengths).hasSizeLessThanOrEqualTo(18);
    }
}
