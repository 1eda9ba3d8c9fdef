package dev.pigou.scheduler.policy;

import dev.pigou.scheduler.Arrival;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.Tenant;
import java.util.Arrays;

/**
 * The virtual token counter (Sheng et al., arXiv 2401.00588): the tenant who has been served least goes next. A tenant's
 * counter grows by its tokens, those produced weighing {@value #OUTPUT_WEIGHT} times those of prompts, over its share. One
 * who comes back from having nothing to do is lifted to the least of those who wait, so that nobody saves up service.
 */
public final class VtcPolicy implements SchedulingPolicy {
    private static final double INPUT_WEIGHT = 1;
    private static final double OUTPUT_WEIGHT = 2;

    private double[] served = new double[8];
    /** Sequences of the tenant that wait or run. */
    private int[] alive = new int[8];

    @Override
    public String name() { return "vtc"; }

    @Override
    public int compare(Sequence a, Sequence b, long nowNanos) {
        int byService = Double.compare(served[a.bid().tenant().index()], served[b.bid().tenant().index()]);
        return byService != 0 ? byService : Arrival.compare(a, b);
    }

    @Override
    public boolean changesWithTime() { return true; }

    @Override
    public void added(Sequence sequence, long nowNanos) {
        int tenant = sequence.bid().tenant().index();
        if (tenant >= served.length) {
            served = Arrays.copyOf(served, 2 * tenant);
            alive = Arrays.copyOf(alive, 2 * tenant);
        }
        if (alive[tenant]++ == 0) {
            served[tenant] = Math.max(served[tenant], leastServedAmongOthers(tenant));
        }
    }

    private double leastServedAmongOthers(int tenant) {
        double least = Double.POSITIVE_INFINITY;
        for (int other = 0; other < served.length; other++) {
            if (other != tenant && alive[other] > 0) {
                least = Math.min(least, served[other]);
            }
        }
        return least == Double.POSITIVE_INFINITY ? 0 : least;
    }

    @Override
    public void admitted(Sequence sequence, long nowNanos) {
        serve(sequence.bid().tenant(), INPUT_WEIGHT * sequence.promptLength());
    }

    @Override
    public void stepApplied(StepPlan plan, SchedulerView view, long begunNanos, long nowNanos) {
        for (int chunk = 0; chunk < plan.size(); chunk++) {
            if (plan.samples(chunk)) {
                serve(plan.sequence(chunk).bid().tenant(), OUTPUT_WEIGHT);
            }
        }
    }

    private void serve(Tenant tenant, double tokens) { served[tenant.index()] += tokens / tenant.share(); }

    @Override
    public void ended(Sequence sequence, long nowNanos) { alive[sequence.bid().tenant().index()]--; }
}
