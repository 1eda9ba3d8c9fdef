package dev.pigou.bench.sim.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * The same experiment under several seeds.
 *
 * @param summary means of the figures that matter most, by name
 */
public record SeveralRuns(Map<String, Interval> summary, List<RunReport> runs) {
    public static SeveralRuns of(List<RunReport> runs) {
        Map<String, ToDoubleFunction<RunReport>> figures = new LinkedHashMap<>();
        figures.put("welfare", RunReport::welfare);
        figures.put("welfare_share", run -> run.welfare() / run.offered());
        figures.put("lost_refused_share", run -> run.losses().refused() / run.offered());
        figures.put("lost_expired_share", run -> run.losses().expired() / run.offered());
        figures.put("lost_own_prefill_share", run -> run.losses().ownPrefill() / run.offered());
        figures.put("lost_delay_share", run -> run.losses().delay() / run.offered());
        figures.put("completed", run -> run.requests().completed());
        figures.put("refused", run -> run.requests().refused());
        figures.put("refused_at_once", run -> run.requests().refusedAtOnce());
        figures.put("expired", run -> run.requests().expired());
        figures.put("preemptions", RunReport::preemptions);
        figures.put("recomputed_tokens", RunReport::recomputedTokens);
        figures.put("prefix_hit_tokens", RunReport::prefixHitTokens);
        figures.put("prefill_cost_saved", RunReport::prefillCostSaved);
        if (runs.stream().allMatch(run -> run.quotes() != null && run.quotes().withinQ95() != null)) {
            figures.put("quotes_within_q95", SeveralRuns::withinQ95);
        }
        if (runs.stream().allMatch(run -> run.retries() != null && run.retries().sent() > 0)) {
            figures.put("retries_admitted_share", SeveralRuns::admittedShare);
        }
        Map<String, Interval> summary = new LinkedHashMap<>();
        figures.forEach((name, figure) -> summary.put(name,
                Interval.of(runs.stream().mapToDouble(figure).toArray())));
        return new SeveralRuns(summary, runs);
    }

    private static double withinQ95(RunReport run) {
        return Objects.requireNonNull(Objects.requireNonNull(run.quotes()).withinQ95());
    }

    private static double admittedShare(RunReport run) {
        RunReport.Retries retries = Objects.requireNonNull(run.retries());
        return (double) retries.admitted() / retries.sent();
    }
}
