package dev.pigou.engine.openai;

import dev.pigou.bench.jmh.BenchmarkModels;
import dev.pigou.bench.jmh.Conversation;
import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.engine.EngineLimits;
import dev.pigou.engine.text.ChatTemplate;
import dev.pigou.engine.text.HfTokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import tools.jackson.databind.node.ObjectNode;

/**
 * From the body of a chat request, about nine kilobytes, to what the engine is asked. It stands in the package it
 * measures, because requests are read there and nowhere else: the engine need not open itself for a benchmark.
 */
public class ChatRequestBenchmark extends CountedBenchmark {
    private final byte[] body = Json.write(Map.of("model", "demo", "messages", Conversation.messages(),
            "temperature", 0.7, "top_p", 0.9, "max_tokens", 256, "stream", true));
    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private HfTokenizer tokenizer;
    @SuppressWarnings("NullAway.Init")
    private ServedModel model;

    @Setup
    public void load() throws IOException {
        var folder = BenchmarkModels.named("demo");
        tokenizer = HfTokenizer.load(folder);
        model = new ServedModel(List.of("demo"), 0, new EngineLimits(tokenizer.vocabSize(), 1 << 16, 20),
                tokenizer, ChatTemplate.load(folder), SamplingDefaults.NEUTRAL, Set.of());
    }

    @TearDown
    public void close() { tokenizer.close(); }

    /** Bytes to a checked tree. */
    @Benchmark
    public ObjectNode parse() { return Json.parse(body); }

    /** Bytes to prompt tokens and sampling parameters: parsing, the chat template and the tokenizer too. */
    @Benchmark
    public int read() {
        return ChatRequest.read(Fields.of(Json.parse(body)), model).prompt().tokens().length;
    }
}
