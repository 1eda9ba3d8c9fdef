package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;

/**
 * The failures of one kind against one server, over all of its runs.
 *
 * @param example the first of them
 */
public record FailureGroup(Failure.Kind kind, int count, Failure example) {

    public static List<FailureGroup> of(ServerRuns server) {
        var byKind = new EnumMap<Failure.Kind, List<Failure>>(Failure.Kind.class);
        server.runs().stream().flatMap(run -> run.requests().stream()).map(RequestRecord::failure)
                .forEach(failure -> failure.ifPresent(
                        found -> byKind.computeIfAbsent(found.kind(), _ -> new ArrayList<>()).add(found)));
        return byKind.entrySet().stream().map(entry -> new FailureGroup(entry.getKey(),
                entry.getValue().size(), entry.getValue().getFirst())).toList();
    }

    /** The kind in words. */
    public String name() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** What the first of them said. */
    public String exampleText() { return example.detail(); }
}
