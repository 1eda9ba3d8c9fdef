package dev.pigou.bench.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags that say how the server is to sample, by vLLM's names. What is not given is left to the server. */
final class SamplingFlags {
    @Option(names = "--top-p", paramLabel = "P", description = "These six are sent as they are, if given.")
    private @Nullable Double topP;

    @Option(names = "--top-k", paramLabel = "K")
    private @Nullable Integer topK;

    @Option(names = "--min-p", paramLabel = "P")
    private @Nullable Double minP;

    @Option(names = "--frequency-penalty", paramLabel = "X")
    private @Nullable Double frequencyPenalty;

    @Option(names = "--presence-penalty", paramLabel = "X")
    private @Nullable Double presencePenalty;

    @Option(names = "--repetition-penalty", paramLabel = "X")
    private @Nullable Double repetitionPenalty;

    /** By the fields' names in a request; the server says what it thinks of the values. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "top_p", topP);
        put(fields, "top_k", topK);
        put(fields, "min_p", minP);
        put(fields, "frequency_penalty", frequencyPenalty);
        put(fields, "presence_penalty", presencePenalty);
        put(fields, "repetition_penalty", repetitionPenalty);
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Number value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
