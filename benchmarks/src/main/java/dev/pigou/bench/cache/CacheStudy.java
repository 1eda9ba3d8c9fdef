package dev.pigou.bench.cache;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A table in Markdown: cache sizes down, policies across. */
public final class CacheStudy {
    private final PromptHistory history;
    private final List<CachePolicy> policies;

    public CacheStudy(PromptHistory history, List<CachePolicy> policies) {
        this.history = history;
        this.policies = List.copyOf(policies);
    }

    /**
     * Replays the trace for each size and policy and writes a row for each size as soon as it is known.
     *
     * @param shares sizes of the cache as shares of the distinct blocks of the trace, above 0
     */
    public void write(List<Double> shares, PrintWriter out) {
        out.println(history.name() + ": " + history.requests() + " requests, " + history.distinctBlocks()
                + " distinct blocks of " + history.blockTokens() + " tokens.");
        out.println("Share of prompt blocks found / of prefill time saved (in relation to "
                + policies.getFirst() + ")");
        out.println();
        StringBuilder head = new StringBuilder("| share | blocks |");
        policies.forEach(policy -> head.append(' ').append(policy).append(" |"));
        out.println(head);
        out.println("|---".repeat(policies.size() + 2) + "|");
        for (double share : shares) {
            out.println(row(share));
            out.flush();
        }
    }

    private String row(double share) {
        int blocks = (int) Math.max(1, share * history.distinctBlocks());
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "| %.3f | %d |", share, blocks));
        double first = 0;
        for (CachePolicy policy : policies) {
            CacheScore score = CacheReplay.score(history, policy, blocks);
            first = policy == policies.getFirst() ? score.savedShare() : first;
            row.append(String.format(Locale.ROOT, " %.3f / %.3f (%.3f) |", score.blockHitRate(),
                    score.savedShare(), score.savedShare() / first));
        }
        return row.toString();
    }
}
