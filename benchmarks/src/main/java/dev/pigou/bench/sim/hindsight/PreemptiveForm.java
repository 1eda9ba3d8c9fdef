package dev.pigou.bench.sim.hindsight;

import java.util.ArrayList;
import java.util.List;

/**
 * A job may be set aside at any time, at no cost: its prefill is done in any slot from its arrival to its first token, its
 * decoding in any from there to the horizon, and memory is held only while it is worked on. Memory then limits how many share a
 * step, which {@link Jobs} counts as step time, and nothing else. No schedule that is done by the horizon escapes it.
 */
final class PreemptiveForm implements Form {
    private final Slots slots;
    private SlotAmounts prices;
    private final int[] cheapestFrom;
    private final Softening softening;

    PreemptiveForm(Slots slots) {
        this.slots = slots;
        prices = SlotAmounts.zeros(slots.count());
        softening = new Softening(slots.count());
        cheapestFrom = new int[slots.count()];
    }

    @Override
    public void price(SlotAmounts newPrices) {
        prices = newPrices;
        softening.price(prices.time());
        double[] time = prices.time();
        int cheapest = slots.count() - 1;
        for (int slot = slots.count() - 1; slot >= 0; slot--) {
            cheapest = time[slot] <= time[cheapest] ? slot : cheapest;
            cheapestFrom[slot] = cheapest;
        }
    }

    @Override
    public void best(Job job, Placement into) {
        into.reject();
        double[] time = prices.time();
        int prefill = slots.at(job.arrival());
        int first = slots.at(job.earliestStart());
        for (int start = prefill; start <= slots.at(job.latestStart()); start++) {
            prefill = time[start] < time[prefill] ? start : prefill;
            int decode = cheapestFrom[start];
            double worth = start < first ? 0 : job.valueIn(start, slots);
            double surplus = worth - job.prefillSeconds() * time[prefill]
                    - job.decodeSeconds() * time[decode];
            if (surplus > into.surplus) {
                into.set(start, start, prefill, decode, worth, surplus);
            }
        }
    }

    @Override
    public void use(Job job, Placement placement, SlotAmounts usage) {
        usage.time()[placement.prefill] += job.prefillSeconds();
        usage.time()[placement.decode] += job.decodeSeconds();
    }

    @Override
    public void demand(Job job, Placement placement, SlotAmounts demand) {
        softening.spread(job.prefillSeconds(), slots.at(job.arrival()), placement.start, placement.prefill,
                demand.time());
        softening.defer(job.decodeSeconds(), placement.start, placement.decode, demand.time());
    }

    @Override
    public void settle(SlotAmounts demand) { softening.settle(demand.time()); }

    @Override
    public List<Placement> all(Job job) {
        List<Placement> all = new ArrayList<>();
        for (int start = slots.at(job.earliestStart()); start <= slots.at(job.latestStart()); start++) {
            double worth = job.valueIn(start, slots);
            for (int prefill = slots.at(job.arrival()); prefill <= start; prefill++) {
                for (int decode = start; decode < slots.count(); decode++) {
                    Placement placement = new Placement();
                    placement.set(start, start, prefill, decode, worth, worth);
                    all.add(placement);
                }
            }
        }
        return all;
    }
}
