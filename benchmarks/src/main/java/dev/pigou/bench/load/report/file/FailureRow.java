package dev.pigou.bench.load.report.file;

import dev.pigou.bench.load.result.Failure;
import java.util.Locale;

/** A failed request: its place among the run's requests, and why. */
record FailureRow(int request, String kind, int httpStatus, String detail) {
    static FailureRow of(int request, Failure failure) {
        return new FailureRow(request, name(failure.kind()), failure.httpStatus(), failure.detail());
    }

    static String name(Failure.Kind kind) { return kind.name().toLowerCase(Locale.ROOT); }

    Failure failure() {
        return new Failure(Failure.Kind.valueOf(kind.toUpperCase(Locale.ROOT)), httpStatus, detail);
    }
}
