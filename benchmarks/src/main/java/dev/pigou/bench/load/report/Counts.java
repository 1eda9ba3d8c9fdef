package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What became of some requests. Tokens are those of completed requests, as vLLM counts them.
 *
 * @param failed for whatever reason, refusals among them
 * @param good completed within every objective
 * @param failures by kind; kinds that did not occur are left out
 * @param charge credits in all, where the server reports them
 * @param welfare credits in all, where the server reports them
 */
public record Counts(int requests, int completed, int failed, int disconnected, int good,
        Map<Failure.Kind, Integer> failures, long inputTokens, long outputTokens, long cachedTokens,
        OptionalDouble charge, OptionalDouble welfare) {

    static Counts of(List<RequestRecord> requests, Goodput goodput) {
        List<RequestRecord> completed = requests.stream().filter(RequestRecord::completed).toList();
        var failures = new EnumMap<Failure.Kind, Integer>(Failure.Kind.class);
        requests.stream().flatMap(request -> request.failure().stream())
                .forEach(failure -> failures.merge(failure.kind(), 1, Integer::sum));
        return new Counts(requests.size(), completed.size(),
                failures.values().stream().mapToInt(Integer::intValue).sum(),
                (int) requests.stream()
                        .filter(request -> request.disconnected() && request.failure().isEmpty()).count(),
                (int) completed.stream().filter(goodput::metBy).count(),
                Collections.unmodifiableMap(failures), sum(completed, RequestRecord::promptTokens),
                sum(completed, RequestRecord::outputTokens), sum(completed, RequestRecord::cachedTokens),
                credits(requests, RequestRecord::charge), credits(requests, RequestRecord::welfare));
    }

    private static long sum(List<RequestRecord> requests, ToLongFunction<RequestRecord> tokens) {
        return requests.stream().mapToLong(tokens).sum();
    }

    private static OptionalDouble credits(List<RequestRecord> requests,
            Function<RequestRecord, OptionalDouble> credits) {
        double[] reported = requests.stream().map(credits).flatMapToDouble(OptionalDouble::stream).toArray();
        return reported.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Arrays.stream(reported).sum());
    }

    public int refused() { return failures.getOrDefault(Failure.Kind.REFUSED, 0); }

    /** Of all requests; 0 if there were none. */
    public double failedShare() {
        return requests == 0 ? 0 : (double) failed / requests;
    }

    /** Prompt tokens found in the server's cache, as a share of all prompt tokens. */
    public double cachedShare() {
        return inputTokens == 0 ? Double.NaN : (double) cachedTokens / inputTokens;
    }
}
