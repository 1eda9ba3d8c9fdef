package dev.pigou.bench.load.report.file;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The records of a run by column, one element a request, which is a third of what objects with names would take. Names that
 * come again and again are numbers into a list; what few requests have is listed with the request's place. Times are
 * nanoseconds since the run began, as in {@link RequestRecord}.
 *
 * @param charge null where the server said nothing; empty if it never did
 * @param disconnected places of requests whose clients left on purpose
 */
@SuppressWarnings("ArrayRecordComponent") // long, and nobody compares two of them
record RequestColumns(int[] session, int[] turn, List<String> tenants, int[] tenant, long[] intendedNanos,
        long[] sentNanos, long[] firstTokenNanos, long[] endNanos, long[][] gapsNanos, int[] promptTokens,
        int[] outputTokens, int[] cachedTokens, List<String> finishReasons, int[] finishReason,
        List<@Nullable Double> charge, List<@Nullable Double> welfare,
        List<@Nullable Double> retryAfterSeconds, int[] disconnected, List<FailureRow> failures) {

    static RequestColumns of(List<RequestRecord> requests) {
        List<String> tenants = names(requests, RequestRecord::tenant);
        List<String> reasons = names(requests, RequestRecord::finishReason);
        List<FailureRow> failures = new ArrayList<>();
        List<Integer> disconnected = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            int place = i;
            requests.get(i).failure().ifPresent(failure -> failures.add(FailureRow.of(place, failure)));
            if (requests.get(i).disconnected()) {
                disconnected.add(i);
            }
        }
        return new RequestColumns(ints(requests, RequestRecord::session), ints(requests, RequestRecord::turn),
                tenants, indexes(requests, RequestRecord::tenant, tenants),
                longs(requests, RequestRecord::intendedNanos), longs(requests, RequestRecord::sentNanos),
                longs(requests, RequestRecord::firstTokenNanos), longs(requests, RequestRecord::endNanos),
                requests.stream().map(RequestRecord::gapsNanos).toArray(long[][]::new),
                ints(requests, RequestRecord::promptTokens), ints(requests, RequestRecord::outputTokens),
                ints(requests, RequestRecord::cachedTokens), reasons,
                indexes(requests, RequestRecord::finishReason, reasons),
                doubles(requests, RequestRecord::charge), doubles(requests, RequestRecord::welfare),
                doubles(requests, RequestRecord::retryAfterSeconds),
                disconnected.stream().mapToInt(Integer::intValue).toArray(), failures);
    }

    /** Throws IllegalArgumentException if the columns do not belong together. */
    List<RequestRecord> records() {
        int count = session.length;
        boolean whole = Stream
                .of(turn.length, tenant.length, intendedNanos.length, sentNanos.length,
                        firstTokenNanos.length, endNanos.length, gapsNanos.length, promptTokens.length,
                        outputTokens.length, cachedTokens.length, finishReason.length)
                .allMatch(length -> length == count)
                && Stream.of(charge, welfare, retryAfterSeconds)
                        .allMatch(column -> column.isEmpty() || column.size() == count);
        if (!whole) {
            throw new IllegalArgumentException("the columns of its requests differ in length");
        }
        Map<Integer, Failure> failed = new HashMap<>();
        failures.forEach(row -> failed.put(row.request(), row.failure()));
        Set<Integer> left = new HashSet<>();
        Arrays.stream(disconnected).forEach(left::add);
        List<RequestRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            records.add(new RequestRecord(session[i], turn[i], tenants.get(tenant[i]), intendedNanos[i],
                    sentNanos[i], firstTokenNanos[i], endNanos[i], gapsNanos[i], promptTokens[i],
                    outputTokens[i], cachedTokens[i], finishReasons.get(finishReason[i]), at(charge, i),
                    at(welfare, i), at(retryAfterSeconds, i), left.contains(i),
                    Optional.ofNullable(failed.get(i))));
        }
        return records;
    }

    private static OptionalDouble at(List<@Nullable Double> column, int place) {
        Double value = column.isEmpty() ? null : column.get(place);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static List<String> names(List<RequestRecord> requests, Function<RequestRecord, String> name) {
        Set<String> names = new LinkedHashSet<>();
        requests.forEach(request -> names.add(name.apply(request)));
        return List.copyOf(names);
    }

    private static int[] indexes(List<RequestRecord> requests, Function<RequestRecord, String> name,
            List<String> names) {
        Map<String, Integer> indexes = new HashMap<>();
        names.forEach(each -> indexes.put(each, indexes.size()));
        return ints(requests, request -> indexes.getOrDefault(name.apply(request), 0));
    }

    private static int[] ints(List<RequestRecord> requests, ToIntFunction<RequestRecord> value) {
        return requests.stream().mapToInt(value).toArray();
    }

    private static long[] longs(List<RequestRecord> requests, ToLongFunction<RequestRecord> value) {
        return requests.stream().mapToLong(value).toArray();
    }

    private static List<@Nullable Double> doubles(List<RequestRecord> requests,
            Function<RequestRecord, OptionalDouble> value) {
        List<@Nullable Double> column = new ArrayList<>(requests.size());
        boolean any = false;
        for (RequestRecord request : requests) {
            OptionalDouble each = value.apply(request);
            any |= each.isPresent();
            column.add(each.isPresent() ? each.getAsDouble() : null);
        }
        return any ? column : List.of();
    }
}
