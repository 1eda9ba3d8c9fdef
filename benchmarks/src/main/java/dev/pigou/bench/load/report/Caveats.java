package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.HarnessHealth;
import dev.pigou.bench.load.result.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a reader must know before the figures; the gravest comes first. */
public final class Caveats {
    private static final double FAILED_SHARE_TO_TELL = 0.01;

    private Caveats() {}

    public static List<String> of(List<ServerRuns> servers) {
        List<String> caveats = new ArrayList<>();
        servers.forEach(server -> bottleneck(server, caveats));
        servers.forEach(server -> broken(server, caveats));
        if (servers.stream().flatMap(server -> server.runs().stream()).anyMatch(RunResult::closedLoop)) {
            caveats.add("CLOSED LOOP: a slow server was asked less often; latencies are not what independent "
                    + "users would see.");
        }
        servers.forEach(server -> failures(server, caveats));
        servers.forEach(server -> wordless(server, caveats));
        return List.copyOf(caveats);
    }

    private static void bottleneck(ServerRuns server, List<String> caveats) {
        long runs = server.runs().stream().filter(RunResult::harnessWasBottleneck).count();
        if (runs > 0) {
            caveats.add(String.format(Locale.ROOT,
                    "THE HARNESS WAS THE BOTTLENECK (%s, %d of %d runs): the figures speak of the harness, not of "
                            + "the server. Its busiest thread was at %.0f %%, and up to %d of a run's sends "
                            + "were over %d ms late (%.1f ms at p99). "
                            + "Ask for less, or give it a machine of its own.",
                    server.label(), runs, server.runs().size(),
                    100 * server.summaries().stream()
                            .mapToDouble(summary -> summary.health().busiestLoopShare()).max().orElse(0),
                    server.summaries().stream().mapToInt(summary -> summary.health().lateSends()).max()
                            .orElse(0),
                    HarnessHealth.LATE_MILLIS, server.summaries().stream()
                            .mapToLong(summary -> summary.health().lateP99Nanos()).max().orElse(0) / 1e6));
        }
    }

    private static void broken(ServerRuns server, List<String> caveats) {
        for (int i = 0; i < server.runs().size(); i++) {
            RunResult run = server.runs().get(i);
            String which = server.runs().size() == 1 ? "the run" : "run " + (i + 1);
            run.broken().ifPresent(why -> caveats.add("BROKEN OFF (" + server.label() + "): " + which
                    + " ended early: " + why + ". The figures are of what came before."));
        }
    }

    private static void failures(ServerRuns server, List<String> caveats) {
        double share = server.summaries().stream().mapToDouble(summary -> summary.counts().failedShare())
                .max().orElse(0);
        if (share >= FAILED_SHARE_TO_TELL) {
            caveats.add(String.format(Locale.ROOT,
                    "%s: up to %.1f %% of the requests failed. Latencies are of completed requests only.",
                    server.label(), 100 * share));
        }
    }

    /** With {@code ignore_eos} a model that has nothing to say goes on in end tokens, which are not shown. */
    private static void wordless(ServerRuns server, List<String> caveats) {
        long wordless = server.runs().stream().flatMap(run -> run.requests().stream())
                .filter(request -> request.completed() && request.firstTokenNanos() < 0).count();
        if (wordless > 0) {
            caveats.add(String.format(Locale.ROOT,
                    "%s: %d answers came without a piece of text, so they have no TTFT and meet no objective. "
                            + "--no-ignore-eos lets answers end where the model ends them.",
                    server.label(), wordless));
        }
    }
}
