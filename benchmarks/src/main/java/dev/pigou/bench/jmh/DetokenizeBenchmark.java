package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.engine.text.HfTokenizer;
import dev.pigou.engine.text.IncrementalDetokenizer;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The text of one token of a stream, by the tokenizers library; some characters lie in several tokens. */
public class DetokenizeBenchmark extends CountedBenchmark {
    private static final String TEXT = "The price of a seat is what it keeps from others: 17 + 25 = 42, naïve"
            + " or not.\n\n1. Überfüllte Züge\n2. 満員電車 🚆\n3. one more line of plain words to read\n";

    @Param({"demo", "vocabulary"})
    String model = "";

    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private HfTokenizer tokenizer;
    @SuppressWarnings("NullAway.Init")
    private IncrementalDetokenizer detokenizer;
    @SuppressWarnings("NullAway.Init")
    private int[] tokens;
    private int next;

    @Setup
    public void load() throws IOException {
        tokenizer = HfTokenizer.load(BenchmarkModels.named(model));
        detokenizer = new IncrementalDetokenizer(tokenizer, true);
        tokens = tokenizer.encode(TEXT, false);
    }

    @TearDown
    public void close() { tokenizer.close(); }

    @Benchmark
    public String push() {
        next = next == tokens.length ? 0 : next;
        return detokenizer.push(tokens[next++]);
    }
}
