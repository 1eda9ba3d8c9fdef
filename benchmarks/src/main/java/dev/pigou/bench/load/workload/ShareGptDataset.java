package dev.pigou.bench.load.workload;

import dev.pigou.bench.load.workload.ShareGptFile.Exchange;
import dev.pigou.bench.trace.BrokenFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.ToIntFunction;

/**
 * Conversations people had: their questions as prompts, and the lengths of the answers they got. As in vLLM they are
 * shuffled, and those whose first question or answer is shorter than {@value #LEAST_TOKENS} tokens or too long are
 * left out. Unlike in vLLM none is used twice, for its prompt would be found in the prefix cache.
 */
public final class ShareGptDataset implements Dataset {
    private static final int LEAST_TOKENS = 4;

    private final List<List<Ask>> sessions;

    private ShareGptDataset(List<List<Ask>> sessions) { this.sessions = List.copyOf(sessions); }

    /**
     * What is taken of a file.
     *
     * @param mostTurns of a conversation
     * @param mostInputTokens of its first question
     * @param mostTotalTokens of its first question and answer together
     * @param outputTokens asked for instead of the length of the recorded answer
     */
    public record Selection(int mostTurns, int mostInputTokens, int mostTotalTokens,
            OptionalInt outputTokens) {
        boolean fits(Ask first) {
            int input = first.prompt().get().tokens();
            return input >= LEAST_TOKENS && input <= mostInputTokens
                    && input + first.outputTokens() <= mostTotalTokens
                    && (outputTokens.isPresent() || first.outputTokens() >= LEAST_TOKENS);
        }
    }

    /**
     * Reads a file and takes the first so many conversations that fit, in an order that the seed decides.
     *
     * @param countTokens of a text
     * @throws BrokenFileException naming the file, and its line if one is to blame
     */
    public static ShareGptDataset read(Path file, Selection selection, int atMost,
            ToIntFunction<String> countTokens, long seed) {
        List<List<Exchange>> conversations = new ShareGptFile(file, selection.mostTurns).read();
        Collections.shuffle(conversations, new Random(seed));
        List<List<Ask>> sessions = new ArrayList<>();
        for (List<Exchange> conversation : conversations) {
            if (sessions.size() == atMost) {
                break;
            }
            List<Ask> asks = conversation.stream().map(turn -> ask(turn, selection, countTokens)).toList();
            if (selection.fits(asks.getFirst())) {
                sessions.add(asks);
            }
        }
        if (sessions.isEmpty()) {
            throw BrokenFileException.of(file, "none of its " + conversations.size()
                    + " conversations between a human and gpt has a first question of " + LEAST_TOKENS
                    + " to " + selection.mostInputTokens + " tokens and an answer that makes it at most "
                    + selection.mostTotalTokens + "; allow more with --max-input-len and --max-output-len");
        }
        return new ShareGptDataset(sessions);
    }

    private static Ask ask(Exchange turn, Selection selection, ToIntFunction<String> countTokens) {
        var prompt = new Prompt.Text(turn.question(), countTokens.applyAsInt(turn.question()));
        return new Ask(() -> prompt,
                selection.outputTokens.orElseGet(() -> Math.max(1, countTokens.applyAsInt(turn.answer()))));
    }

    @Override
    public OptionalInt sessions() { return OptionalInt.of(sessions.size()); }

    @Override
    public List<Ask> session(int index) { return sessions.get(index); }
}
