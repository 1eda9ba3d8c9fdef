package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.ServerRuns;
import dev.pigou.bench.load.result.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Why two servers' figures cannot be held against each other. */
final class Obstacles {
    /** These change the server, the draw or the paper, but not what is measured. */
    private static final Set<String> HARMLESS = Set.of("seed", "label", "base-url", "host", "port",
            "endpoint", "model", "served-model-name", "api-key", "metadata", "repeat", "num-warmups",
            "warmup", "result-filename", "result-dir", "html");
    private static final double MOST_FAILED_SHARE_APART = 0.01;

    private Obstacles() {}

    /** Empty if there are none. */
    static List<String> between(ServerRuns a, ServerRuns b) {
        List<String> obstacles = new ArrayList<>(settings(a.runs().getFirst(), b.runs().getFirst()));
        for (ServerRuns server : List.of(a, b)) {
            String label = server.label();
            server.runs().stream().flatMap(run -> run.broken().stream()).findFirst()
                    .ifPresent(why -> obstacles.add("a run of " + label + " broke off: " + why));
            if (server.runs().stream().anyMatch(RunResult::harnessWasBottleneck)) {
                obstacles.add("the harness was the bottleneck of a run of " + label);
            }
        }
        double failedA = failedShare(a);
        double failedB = failedShare(b);
        if (Math.abs(failedA - failedB) > MOST_FAILED_SHARE_APART) {
            obstacles.add(String.format(Locale.ROOT,
                    "%.1f %% of A's requests failed and %.1f %% of B's: latencies are of those left over",
                    100 * failedA, 100 * failedB));
        }
        return obstacles;
    }

    private static List<String> settings(RunResult a, RunResult b) {
        List<String> differences = new ArrayList<>();
        if (a.closedLoop() != b.closedLoop()) {
            differences.add("the loop was " + loop(a) + " for A and " + loop(b) + " for B");
        }
        Set<String> names = new TreeSet<>(a.settings().keySet());
        names.addAll(b.settings().keySet());
        names.removeAll(HARMLESS);
        for (String name : names) {
            if (!Objects.equals(value(a.settings(), name), value(b.settings(), name))) {
                differences.add("--" + name + " was " + value(a.settings(), name) + " for A and "
                        + value(b.settings(), name) + " for B");
            }
        }
        return differences;
    }

    private static String loop(RunResult run) { return run.closedLoop() ? "closed" : "open"; }

    /** 4 and 4.0 are the same setting. */
    private static String value(Map<String, Object> settings, String name) {
        @Nullable
        Object value = settings.get(name);
        return value == null
                ? "not set"
                : value instanceof Number number
                        ? Double.toString(number.doubleValue()).replaceFirst("\\.0$", "")
                        : value.toString();
    }

    static double failedShare(ServerRuns server) {
        int failed = server.summaries().stream().mapToInt(summary -> summary.counts().failed()).sum();
        int all = server.summaries().stream().mapToInt(summary -> summary.counts().requests()).sum();
        return all == 0 ? 0 : (double) failed / all;
    }
}
