package dev.pigou.bench.trace;

import java.util.List;

/**
 * Requests in the order of their arrival.
 *
 * @param name for reports: the file's name without its folder
 * @param rows at least one, in order of arrival, the first of them at 0 s
 * @param blockTokens prompt tokens that one of {@link TraceRow#blockHashes} stands for
 */
public record Trace(String name, List<TraceRow> rows, int blockTokens) {
    public Trace {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(name + " has no requests");
        }
    }
}
