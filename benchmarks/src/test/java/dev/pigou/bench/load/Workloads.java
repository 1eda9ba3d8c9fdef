package dev.pigou.bench.load;

import dev.pigou.bench.load.workload.ClientBehaviour;
import dev.pigou.bench.load.workload.Prompt;
import dev.pigou.bench.load.workload.Session;
import dev.pigou.bench.load.workload.Tenant;
import dev.pigou.bench.load.workload.Turn;
import dev.pigou.bench.load.workload.Workload;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Small workloads for tests. */
final class Workloads {
    private Workloads() {}

    /** So many sessions a second, evenly. */
    static Workload open(int sessions, double rate, int outputTokens) {
        return of(sessions, rate, OptionalInt.empty(), turns(1, outputTokens, ClientBehaviour.PATIENT));
    }

    static Workload closed(int sessions, int concurrency, int outputTokens) {
        return of(sessions, 1, OptionalInt.of(concurrency), turns(1, outputTokens, ClientBehaviour.PATIENT));
    }

    static Workload of(int sessions, double rate, OptionalInt concurrency, List<Turn> turns) {
        return new Workload(
                IntStream.range(0, sessions)
                        .mapToObj(index -> new Session(index, index / rate, Tenant.ANYBODY, turns)).toList(),
                concurrency, Map.of("request-rate", rate));
    }

    static List<Turn> turns(int count, int outputTokens, ClientBehaviour behaviour) {
        return Collections.nCopies(count,
                new Turn(0, () -> new Prompt.Text("four words of prompt", 4), outputTokens, behaviour));
    }
}
