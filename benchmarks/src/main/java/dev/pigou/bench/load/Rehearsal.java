package dev.pigou.bench.load;

import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.stub.StubConfig;
import dev.pigou.bench.load.stub.StubServer;
import dev.pigou.bench.load.workload.ClientBehaviour;
import dev.pigou.bench.load.workload.Session;
import dev.pigou.bench.load.workload.Turn;
import dev.pigou.bench.load.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Sends the first request a few hundred times to a stub in this process, so that the JVM has compiled the harness before a
 * server is measured: a cold one holds up its first sends by tens of milliseconds.
 */
final class Rehearsal {
    private static final int REQUESTS = 400;
    private static final int CONCURRENCY = 32;
    private static final int OUTPUT_TOKENS = 16;

    private Rehearsal() {}

    /** Takes about a second, most of it of one core. */
    static void of(Workload workload, Target target, RunOptions options, StopSignal stop)
            throws InterruptedException {
        if (workload.sessions().isEmpty()) {
            return;
        }
        Session first = workload.sessions().getFirst();
        List<Turn> turns = List
                .of(new Turn(0, first.turns().getFirst().prompt(), OUTPUT_TOKENS, ClientBehaviour.PATIENT));
        List<Session> sessions = IntStream.range(0, REQUESTS)
                .mapToObj(index -> new Session(index, 0, first.tenant(), turns)).toList();
        try (StubServer stub = StubServer.start(StubConfig.instant())) {
            new LoadRun(Target.of(stub.baseUrl(), target.api()),
                    new RunOptions(OptionalInt.empty(), 0, options.eventLoops()), stop)
                    .run(new Workload(sessions, OptionalInt.of(CONCURRENCY), Map.of()), _ -> {});
        }
    }
}
