package dev.pigou.bench.load.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Made-up prompts of given lengths.
 *
 * @param prefixTokens that a session's first prompt begins with, on top of {@code input}
 * @param prefixes how many different prefixes there are; each session draws one of them
 * @param input new tokens of each prompt
 * @param turns requests of a session
 */
public record RandomDataset(PromptStyle style, int prefixTokens, int prefixes, LengthRange input,
        LengthRange output, int turns, long seed) implements Dataset {
    @Override
    public OptionalInt sessions() { return OptionalInt.empty(); }

    @Override
    public List<Ask> session(int index) {
        SplittableRandom lengths = RandomStream.LENGTHS.random(seed, index);
        List<Ask> asks = new ArrayList<>(turns);
        for (int turn = 0; turn < turns; turn++) {
            List<Passage> passages = new ArrayList<>(2);
            if (turn == 0 && prefixTokens > 0) {
                int prefix = RandomStream.PREFIX_CHOICE.random(seed, index).nextInt(prefixes);
                passages.add(new Passage(RandomStream.PREFIX.key(seed, prefix), prefixTokens));
            }
            long key = RandomStream.PROMPT.key(seed, (long) index * turns + turn);
            passages.add(new Passage(key, input.draw(lengths)));
            asks.add(new Ask(() -> style.write(passages), Math.max(1, output.draw(lengths))));
        }
        return asks;
    }
}
