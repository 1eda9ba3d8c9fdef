package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.ClientMix;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** Flags that say how clients behave: how many turns they take, and how they take the answers. */
final class ClientFlags {
    @Option(names = "--turns", paramLabel = "N", defaultValue = "1", description = ""
            + "Requests of a conversation, each after the answer to the one before; of sharegpt-json, as many of them as "
            + "were recorded. Default: ${DEFAULT-VALUE}.")
    private int turns;

    @Option(names = "--think-time", paramLabel = "SECONDS", defaultValue = "0", description = ""
            + "Mean time between an answer and the next turn, exponentially distributed. Default: ${DEFAULT-VALUE}.")
    private double thinkSeconds;

    @Option(names = "--disconnect-share", paramLabel = "SHARE", defaultValue = "0", description = ""
            + "Share of requests, from 0 to 1, whose client leaves somewhere in the answer. Default: ${DEFAULT-VALUE}.")
    private double disconnectShare;

    @Option(names = "--slow-share", paramLabel = "SHARE", defaultValue = "0", description = ""
            + "Share of requests, from 0 to 1, whose client reads slowly. Default: ${DEFAULT-VALUE}.")
    private double slowShare;

    @Option(names = "--slow-bytes-per-second", paramLabel = "BYTES", defaultValue = "1000", description = ""
            + "How fast slow clients read. Default: ${DEFAULT-VALUE}.")
    private int slowBytesPerSecond;

    @Option(names = "--patience", paramLabel = "SECONDS", defaultValue = "inf", converter = Flag.OrInfinite.class, description = ""
            + "A client leaves if no token has come so long after its request was due. Default: ${DEFAULT-VALUE}.")
    private double patienceSeconds;

    int turns(DatasetName dataset) {
        Flag.require(turns >= 1, "--turns", turns, "at least 1");
        Flag.exclude(turns > 1 && dataset == DatasetName.TRACE, "--turns", "--dataset-name trace",
                "each request of a trace stands for itself");
        return turns;
    }

    double thinkSeconds() {
        Flag.require(thinkSeconds >= 0 && Double.isFinite(thinkSeconds), "--think-time", thinkSeconds,
                "at least 0");
        Flag.need(thinkSeconds == 0 || turns > 1, "--think-time", "--turns above 1");
        return thinkSeconds;
    }

    ClientMix mix() {
        requireShare("--disconnect-share", disconnectShare);
        requireShare("--slow-share", slowShare);
        Flag.require(disconnectShare + slowShare <= 1, "--disconnect-share and --slow-share",
                disconnectShare + slowShare, "at most 1 together");
        Flag.require(slowBytesPerSecond >= 1, "--slow-bytes-per-second", slowBytesPerSecond, "at least 1");
        Flag.require(patienceSeconds > 0, "--patience", patienceSeconds, "above 0, or inf");
        return new ClientMix(disconnectShare, slowShare, slowBytesPerSecond,
                Double.isInfinite(patienceSeconds)
                        ? OptionalLong.empty()
                        : OptionalLong.of(Math.max(1, Math.round(1000 * patienceSeconds))));
    }

    private static void requireShare(String flag, double share) {
        Flag.require(share >= 0 && share <= 1, flag, share, "from 0 to 1");
    }
}
