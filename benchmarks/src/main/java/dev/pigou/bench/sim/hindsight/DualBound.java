package dev.pigou.bench.sim.hindsight;

import java.util.function.BiConsumer;

/**
 * What all could earn at most if they bought what they need at given prices, and the machine sold all it has: by weak duality
 * no schedule is worth more, whatever the prices. Owned by one thread.
 */
final class DualBound {
    private final Instance instance;
    private final Form form;
    private final SlotAmounts demand;
    private final Placement placement = new Placement();

    DualBound(Instance instance, Form form) {
        this.instance = instance;
        this.form = form;
        demand = SlotAmounts.zeros(instance.slots().count());
    }

    /** The bound at these prices, in credits; {@link #demand} then holds what all would buy. */
    double at(SlotAmounts prices) {
        return at(prices, (_, _) -> {});
    }

    /** Shows each job's best schedule, valid during the call. */
    double at(SlotAmounts prices, BiConsumer<Integer, Placement> seen) {
        form.price(prices);
        demand.clear();
        double bound = 0;
        for (int slot = 0; slot < instance.slots().count(); slot++) {
            bound += instance.memoryCapacity() * prices.memory()[slot]
                    + instance.timeCapacity() * prices.time()[slot];
        }
        for (int i = 0; i < instance.jobs().size(); i++) {
            Job job = instance.jobs().get(i);
            form.best(job, placement);
            if (placement.isServed()) {
                bound += placement.surplus;
                form.demand(job, placement, demand);
                seen.accept(i, placement);
            }
        }
        form.settle(demand);
        return bound;
    }

    /** Block-seconds and seconds that would be bought in each slot. */
    SlotAmounts demand() { return demand; }
}
