package dev.pigou.bench.sim.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        figures.put("completed", run -> run.requests().completed());
        figures.put("refused", run -> run.requests().refused());
        figures.put("expired", run -> run.requests().expired());
        figures.put("preemptions", RunReport::preemptions);
        figures.put("recomputed_tokens", RunReport::recomputedTokens);
        figures.put("prefix_hit_tokens", RunReport::prefixHitTokens);
        figures.put("prefill_cost_saved", RunReport::prefillCostSaved);
        Map<String, Interval> summary = new LinkedHashMap<>();
        figures.forEach((name, figure) -> summary.put(name,
                Interval.of(runs.stream().mapToDouble(figure).toArray())));
        return new SeveralRuns(summary, runs);
    }
}
