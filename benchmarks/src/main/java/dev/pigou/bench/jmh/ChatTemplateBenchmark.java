package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import dev.pigou.engine.text.ChatTemplate;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** A conversation of ten messages written as a prompt, by the demo model's ChatML template. */
public class ChatTemplateBenchmark extends CountedBenchmark {
    private final List<Map<String, Object>> messages = Conversation.messages();
    @SuppressWarnings("NullAway.Init") // set up before the first iteration
    private ChatTemplate template;

    @Setup
    public void load() throws IOException {
        template = ChatTemplate.load(BenchmarkModels.named("demo")).orElseThrow();
    }

    @Benchmark
    public String render() { return template.render(messages, List.of(), true, Map.of()); }
}
