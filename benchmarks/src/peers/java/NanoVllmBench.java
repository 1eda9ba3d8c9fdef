import com.igormaznitsa.nanollvm.llm.LLM;
import com.igormaznitsa.nanollvm.llm.SamplingParams;
import com.igormaznitsa.nanollvm.models.LlmModel;
import com.igormaznitsa.nanollvm.models.LlmModelFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures nano-vllm-java in this process, and prints a result as {@code pigou bench} would. It is no part of the build:
 * benchmarks/compare-peers runs this source file beside the library's jar.
 *
 * <p>The library takes prompts only between calls, so a closed loop of N is a row of calls with N prompts each. All
 * answers have one length and end together, so that is nearly the same; a time to first token counts from the call.
 * Arrivals that do not wait cannot be measured.
 */
final class NanoVllmBench {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final String LABEL = "nano-vllm-java";
    /** Enough for the JVM to have compiled what is hot. */
    private static final int WARM_UP_PROMPTS = 4;

    private final LLM llm;
    private final Map<String, Integer> settings;
    private final SplittableRandom random = new SplittableRandom(0);

    private NanoVllmBench(LLM llm, Map<String, Integer> settings) {
        this.llm = llm;
        this.settings = settings;
    }

    /** Arguments: the model folder, then NAME=NUMBER for each of the names that are asked for below. */
    public static void main(String[] arguments) {
        Map<String, Integer> settings = Arrays.stream(arguments).skip(1).map(each -> each.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Integer.valueOf(pair[1])));
        try (LlmModel model = LlmModelFactory.make(Path.of(arguments[0]));
                LLM llm = LLM.builder(model).cpuThreads(settings.get("threads"))
                        .maxNumSeqs(settings.get("concurrency")).maxModelLen(settings.get("max-model-len"))
                        .numKvcacheBlocks(settings.get("kv-tokens") / 256).kvcacheBlockSize(256).build()) {
            NanoVllmBench bench = new NanoVllmBench(llm, settings);
            bench.run(Math.min(WARM_UP_PROMPTS, settings.get("concurrency")));
            System.out.println(Stream.generate(() -> bench.run(settings.get("num-prompts")))
                    .limit(settings.get("repeat")).collect(Collectors.joining(",",
                            "{\"label\":\"" + LABEL + "\",\"pigou\":{\"runs\":[", "]}}")));
        }
    }

    /** One run's figures as JSON. */
    private String run(int prompts) {
        List<Integer> prefix = ids(settings.get("prefix-len"));
        List<Double> firstTokenMillis = new ArrayList<>();
        List<Double> perTokenMillis = new ArrayList<>();
        int outputTokens = 0;
        long start = System.nanoTime();
        for (int sent = 0; sent < prompts; sent += settings.get("concurrency")) {
            int together = Math.min(settings.get("concurrency"), prompts - sent);
            outputTokens += call(together, prefix, firstTokenMillis, perTokenMillis);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        String figures = String.format(Locale.ROOT,
                "\"duration\":%.3f,\"completed\":%d,\"failed\":0,\"output_throughput\":%.3f,"
                        + "\"request_throughput\":%.4f,\"median_ttft_ms\":%.3f,\"p99_ttft_ms\":%.3f,"
                        + "\"median_tpot_ms\":%.3f",
                seconds, prompts, outputTokens / seconds, prompts / seconds,
                quantile(firstTokenMillis, 0.5), quantile(firstTokenMillis, 0.99),
                quantile(perTokenMillis, 0.5));
        return "{\"label\":\"" + LABEL + "\",\"figures\":{" + figures + "}}";
    }

    /** Tokens generated. */
    private int call(int together, List<Integer> prefix, List<Double> firstTokenMillis,
            List<Double> perTokenMillis) {
        List<List<Integer>> prompts = IntStream.range(0, together)
                .mapToObj(i -> Stream.concat(prefix.stream(), ids(settings.get("input-len")).stream()).toList())
                .toList();
        SamplingParams greedy = SamplingParams.builder().deterministic()
                .maxTokens(settings.get("output-len")).ignoreEos(true).build();
        Map<Integer, List<Long>> tokenNanos = new HashMap<>();
        long start = System.nanoTime();
        llm.generateTokenIds(prompts, greedy, (LLM.TokenEvent event) -> tokenNanos
                .computeIfAbsent(event.seqId(), id -> new ArrayList<>()).add(System.nanoTime()));
        for (List<Long> nanos : tokenNanos.values()) {
            firstTokenMillis.add((nanos.getFirst() - start) / NANOS_PER_MILLI);
            perTokenMillis.add((nanos.getLast() - nanos.getFirst()) / NANOS_PER_MILLI
                    / Math.max(1, nanos.size() - 1));
        }
        return tokenNanos.values().stream().mapToInt(List::size).sum();
    }

    private List<Integer> ids(int length) {
        return random.ints(length, 0, settings.get("vocab-size")).boxed().toList();
    }

    private static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
