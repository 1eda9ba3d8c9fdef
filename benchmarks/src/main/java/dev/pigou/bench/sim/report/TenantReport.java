package dev.pigou.bench.sim.report;

import org.jspecify.annotations.Nullable;

/** What one tenant got; times are seconds of completed requests, and null if there are none. */
public record TenantReport(int completed, int refused, int expired, double welfare, @Nullable Double ttftP50S,
        @Nullable Double ttftP99S, @Nullable Double tpotP50S, @Nullable Double tpotP99S) {}
