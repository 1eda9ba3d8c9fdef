package dev.pigou.bench.served;

import dev.pigou.bench.load.LoadRun;
import dev.pigou.bench.load.RunOptions;
import dev.pigou.bench.load.StopSignal;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.workload.Workload;
import java.util.OptionalInt;

/**
 * What a server answers in a second of each tenant's requests while it does nothing else: the unit of all loads, so that
 * an experiment asks the same of a slow machine as of a fast one.
 */
record Capacity(double chatPerSecond, double lengthyPerSecond) {
    static final RunOptions NO_WARMUP = new RunOptions(OptionalInt.empty(), 0, 1);

    private static final int CHATS = 960;
    private static final int CHATS_AT_ONCE = 32;
    private static final int LENGTHY = 72;
    /** More than find room, so that there is always another one when one ends. */
    private static final int LENGTHY_AT_ONCE = 12;
    private static final long SEED = 1L << 50;

    /** By closed loops of one tenant after the other. The server should be warm. */
    static Capacity measure(ServerProcess server, TwoTenants tenants, StopSignal stop)
            throws InterruptedException {
        return new Capacity(rate(server, tenants.closed(tenants.chat(), CHATS, CHATS_AT_ONCE, SEED), stop),
                rate(server, tenants.closed(tenants.lengthy(), LENGTHY, LENGTHY_AT_ONCE, SEED + 1), stop));
    }

    private static double rate(ServerProcess server, Workload workload, StopSignal stop)
            throws InterruptedException {
        RunResult run = new LoadRun(server.target(), NO_WARMUP, stop).run(workload, _ -> {});
        long answered = run.requests().stream().filter(RequestRecord::completed).count();
        if (answered < workload.requests()) {
            throw new IllegalStateException("of " + workload.requests() + " requests " + answered
                    + " were answered: "
                    + run.broken()
                            .or(() -> run.requests().stream().flatMap(request -> request.failure().stream())
                                    .map(why -> why.detail()).findAny())
                            .orElse("the others' clients left"));
        }
        return answered / (run.durationNanos() / 1e9);
    }
}
