package dev.pigou.bench.cli;

import dev.pigou.bench.load.RunObserver;
import dev.pigou.bench.load.RunOptions;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags that say how the load is run; names as vLLM's where it has one. */
final class RunFlags {
    @Option(names = "--max-concurrency", paramLabel = "N", description = ""
            + "Most requests under way at once. Others wait, and the wait counts: latency runs from when a request "
            + "was due. Default: no limit.")
    private @Nullable Integer maxConcurrency;

    @Option(names = {"--num-warmups", "--warmup"}, paramLabel = "N", defaultValue = ""
            + RunOptions.DEFAULT_WARMUPS, description = "Requests before each run that are not counted. They all "
                    + "are the workload's first, patiently read. Default: ${DEFAULT-VALUE}.")
    private int warmups;

    @Option(names = "--repeat", paramLabel = "N", defaultValue = "1", description = ""
            + "Runs of each server, each with the next seed. Several servers take turns, in an order that turns "
            + "round each time. Default: ${DEFAULT-VALUE}.")
    private int repeats;

    @Option(names = "--event-loops", paramLabel = "N", defaultValue = ""
            + RunOptions.DEFAULT_EVENT_LOOPS, description = "Threads of the harness that send and read. The report "
                    + "says if they were too busy to be trusted. Default: ${DEFAULT-VALUE}.")
    private int eventLoops;

    @Option(names = "--ready-check-timeout-sec", paramLabel = "SECONDS", defaultValue = "0", description = ""
            + "Wait so long for servers that are still starting: until they answer /v1/models. Default: "
            + "${DEFAULT-VALUE}.")
    private int readySeconds;

    @Option(names = "--disable-tqdm", description = "No line that tells how far the run is.")
    private boolean silent;

    RunOptions options() {
        return new RunOptions(maxConcurrency == null ? OptionalInt.empty() : OptionalInt.of(maxConcurrency),
                warmups, eventLoops);
    }

    /** How long to wait for a server that is still starting. */
    Duration readyWithin() {
        Flag.require(readySeconds >= 0, "--ready-check-timeout-sec", readySeconds, "at least 0");
        return Duration.ofSeconds(readySeconds);
    }

    /** Who is told of a run's progress. */
    RunObserver observer(PrintWriter err) {
        return silent ? RunObserver.NOBODY : new RunProgressLines(err);
    }

    int repeats() {
        if (repeats < 1) {
            throw new IllegalArgumentException("--repeat must be at least 1, but is " + repeats);
        }
        return repeats;
    }
}
