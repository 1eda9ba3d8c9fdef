package dev.pigou.engine.openai;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.engine.text.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * One token's server-sent event, framed for the socket. It stands in the package it measures, because answers are
 * written there and nowhere else: the engine need not open itself for a benchmark.
 */
public class StreamedAnswerBenchmark extends CountedBenchmark {
    private static final AnswerOptions OPTIONS = new AnswerOptions(1, List.of(), false, Set.of(), false, true,
            false, true, true, false, false, CacheFields.NONE);

    private final LastFrame sink = new LastFrame();
    private final StreamedAnswer answer = new StreamedAnswer(sink, new ChatFormat(
            new Envelope("chatcmpl-0123456789abcdef", 1_700_000_000, "pigou-demo", ServiceTier.DEFAULT),
            OPTIONS, new TokenText(new NoTokens()), List.of()), OPTIONS);
    private final ChoiceDelta delta = new ChoiceDelta(0, " \"token\"\n", List.of(7), List.of());
    private final Usage usage = Usage.of(256, 64, 0);

    @Benchmark
    public byte[] delta() {
        answer.delta(delta, usage);
        return sink.last;
    }

    /** A client that reads everything at once. */
    private static final class LastFrame implements ResponseSink {
        private byte[] last = {};

        @Override
        public void event(byte[] frame) { last = frame; }

        @Override
        public void respond(int status, Map<String, String> headers, byte[] json) { last = json; }

        @Override
        public void begin() {
            // always open
        }

        @Override
        public void flush() {
            // nothing waits
        }

        @Override
        public void end() {
            // never ends
        }

        @Override
        public boolean writable() { return true; }

        @Override
        public void listen(Listener listener) {
            // nothing to tell
        }
    }

    /** Asked only for log-probabilities, which nobody wants here. */
    private static final class NoTokens implements Tokenizer {
        @Override
        public int[] encode(String text, boolean addSpecialTokens) { return new int[0]; }

        @Override
        public String decode(int[] ids, boolean skipSpecialTokens) { return ""; }

        @Override
        public String token(int id) { return ""; }

        @Override
        public int vocabSize() { return 0; }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
