package dev.pigou.bench.load.workload;

import dev.pigou.bench.trace.Trace;
import dev.pigou.bench.trace.TraceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The requests of a trace, one a session, in made-up words of the recorded lengths. A block of a prompt is a function of
 * its hash and the seed, so requests that shared a prefix when they were recorded share one when they are replayed.
 *
 * @param input scales prompts. Blocks shrink with them, so that the shared part of a prompt stays what it was
 * @param output scales answers
 */
public record TraceDataset(Trace trace, PromptStyle style, LengthScale input, LengthScale output,
        long seed) implements Dataset {
    @Override
    public OptionalInt sessions() { return OptionalInt.of(trace.rows().size()); }

    @Override
    public List<Ask> session(int index) {
        TraceRow row = trace.rows().get(index);
        return List.of(new Ask(() -> style.write(passages(row, index)), output.scaled(row.outputTokens())));
    }

    @Override
    public String tenant(int index) { return trace.rows().get(index).tenant(); }

    private List<Passage> passages(TraceRow row, int index) {
        int tokens = input.scaled(row.inputTokens());
        List<Passage> passages = new ArrayList<>(row.blockHashes().length + 1);
        int from = 0;
        for (int block = 0; block < row.blockHashes().length && from < tokens; block++) {
            // bounds, not lengths, are rounded: so errors do not add up, and a block is as long in every prompt
            long end = input.unbounded((block + 1L) * trace.blockTokens());
            int to = (int) Math.min(tokens, end);
            passages.add(new Passage(RandomStream.BLOCK.key(seed, row.blockHashes()[block]), to - from));
            from = to;
        }
        if (from < tokens) {
            passages.add(new Passage(RandomStream.PROMPT.key(seed, index), tokens - from));
        }
        return passages;
    }
}
