package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** The latencies of a streamed answer. Only completed requests have them: a failed one has an error instead. */
public enum Metric {
    /** From when the request was due to its first text. */
    TTFT("ttft", "Time to first token"),
    /** The mean of an answer's time per token after the first. */
    TPOT("tpot", "Time per output token"),
    /** Between two chunks of text; an answer has many. */
    ITL("itl", "Inter-token latency"),
    /** From when the request was due to the answer's end. */
    E2E("e2el", "End-to-end latency");

    private final String key;
    private final String title;

    Metric(String key, String title) {
        this.key = key;
        this.title = title;
    }

    /** As vLLM's flags and files name it. */
    public String key() { return key; }

    public String title() { return title; }

    /** Hands over what this request says about the metric, in nanoseconds: nothing, one value, or many. */
    public void forEach(RequestRecord request, LongConsumer nanos) {
        if (!request.completed()) {
            return;
        }
        boolean hasText = request.firstTokenNanos() >= 0;
        switch (this) {
            case TTFT -> {
                if (hasText) {
                    nanos.accept(request.ttftNanos());
                }
            }
            case TPOT -> {
                if (hasText && request.outputTokens() > 1) {
                    nanos.accept(Math.round(request.tpotNanos()));
                }
            }
            case ITL -> Arrays.stream(request.gapsNanos()).forEach(nanos);
            case E2E -> nanos.accept(request.e2eNanos());
        }
    }
}
