package dev.pigou.bench.sim.hindsight;

/**
 * The linear program, solved exactly by column generation (Gilmore and Gomory, 1961): solve it with the schedules known so far,
 * look for each job's best schedule at the prices found, add those that would gain, and again. New schedules are looked for
 * half way between these prices and the best known, which saves rounds (Ben-Ameur and Neto, 2007). For small instances.
 * Owned by one thread.
 */
final class PriceLp {
    private static final int MOST_ROUNDS = 500;
    private static final double TOLERANCE = 1e-7;

    private final Instance instance;
    private final Form form;
    private final DualBound dual;
    private final RestrictedProgram program;
    private final SlotAmounts usage;
    private SlotAmounts best;
    private double bound;

    /**
     * What was found.
     *
     * @param optimum of the program, credits: no less than this
     * @param bound no more than this; the two differ by the solver's tolerance
     * @param prices at which the bound holds
     */
    record Solution(double optimum, double bound, SlotAmounts prices) {}

    /** Begins with the prices given; good ones save time. */
    PriceLp(Instance instance, Form form, SlotAmounts start) {
        this.instance = instance;
        this.form = form;
        dual = new DualBound(instance, form);
        program = new RestrictedProgram(instance);
        usage = SlotAmounts.zeros(instance.slots().count());
        best = start.copy();
    }

    Solution solve() {
        double[] nothing = new double[instance.jobs().size()];
        bound = addColumns(best, nothing);
        consider(SlotAmounts.zeros(instance.slots().count()), nothing);
        for (int round = 0; round < MOST_ROUNDS && program.size() > 0; round++) {
            RestrictedProgram.Optimum found = program.solve();
            if (bound - found.value() <= TOLERANCE * Math.max(1, bound)) {
                return new Solution(found.value(), bound, best);
            }
            int before = program.size();
            consider(midway(found.prices(), best), found.surpluses());
            if (program.size() == before || round % 2 == 1) {
                consider(found.prices(), found.surpluses());
            }
        }
        if (program.size() == 0) {
            return new Solution(0, bound, best);
        }
        throw new IllegalArgumentException(
                "the linear program has not converged; the instance is too large for it: leave out --lp");
    }

    private void consider(SlotAmounts prices, double[] surpluses) {
        double there = addColumns(prices, surpluses);
        if (there < bound) {
            bound = there;
            best = prices;
        }
    }

    /** Adds each job's best schedule at these prices if it leaves more than the job's surplus. Returns the bound. */
    private double addColumns(SlotAmounts prices, double[] surpluses) {
        return dual.at(prices, (job, placement) -> {
            if (placement.surplus > surpluses[job] + 1e-9) {
                usage.clear();
                form.use(instance.jobs().get(job), placement, usage);
                program.add(job, placement.value, usage);
            }
        });
    }

    private static SlotAmounts midway(SlotAmounts a, SlotAmounts b) {
        SlotAmounts middle = SlotAmounts.zeros(a.time().length);
        for (int slot = 0; slot < a.time().length; slot++) {
            middle.memory()[slot] = (a.memory()[slot] + b.memory()[slot]) / 2;
            middle.time()[slot] = (a.time()[slot] + b.time()[slot]) / 2;
        }
        return middle;
    }
}
