package dev.pigou.bench.sim.hindsight;

import java.util.ArrayList;
import java.util.List;

/**
 * The model of a machine on which every sequence decodes at the same fixed pace, whatever runs beside it: a job that starts in
 * a slot is prefilled at once, at full speed, and then holds memory that grows with its answer until that is done. Step time
 * is only what prefill takes. Not a bound for a machine that slows down as it fills; its duals are the reference for the price
 * of KV memory.
 */
final class PacedForm implements Form {
    private final Slots slots;
    private final double tokenSeconds;
    private SlotAmounts prices;

    /** @param tokenSeconds between two tokens of every answer */
    PacedForm(Slots slots, double tokenSeconds) {
        this.slots = slots;
        this.tokenSeconds = tokenSeconds;
        prices = SlotAmounts.zeros(slots.count());
    }

    @Override
    public void price(SlotAmounts newPrices) { prices = newPrices; }

    @Override
    public void best(Job job, Placement into) {
        into.reject();
        for (int start = slots.at(job.arrival()); start <= slots.at(job.latestStart()); start++) {
            double worth = worth(job, start);
            double surplus = worth > into.surplus ? worth - cost(job, start, into.surplus, worth) : 0;
            if (surplus > into.surplus) {
                into.set(start, start, start, start, worth, surplus);
            }
        }
    }

    /** As if it started with the slot, or when it arrived. */
    private double worth(Job job, int start) {
        double firstToken = Math.max(slots.begin(start), job.arrival()) + job.earliestStart() - job.arrival();
        return firstToken > job.latestStart()
                ? 0
                : Math.max(0, job.value() - job.latencyPrice() * (firstToken - job.arrival()));
    }

    /** Stops counting once too little is left to matter. */
    private double cost(Job job, int start, double surplusToBeat, double worth) {
        double cost = 0;
        for (int age = 0; start + age < slots.count() && worth - cost > surplusToBeat; age++) {
            double blockSeconds = blockSeconds(job, age);
            if (blockSeconds <= 0) {
                return cost;
            }
            cost += blockSeconds * prices.memory()[start + age]
                    + prefillSeconds(job, age) * prices.time()[start + age];
        }
        return cost;
    }

    private double prefillSeconds(Job job, int age) {
        return Math.clamp(job.prefillSeconds() - slots.begin(age), 0, slots.seconds());
    }

    /** Held in the slot of this age, by the middle of the time that it is held in it. */
    private double blockSeconds(Job job, int age) {
        double decode = (job.answerTokens() - 1) * tokenSeconds;
        double from = slots.begin(age);
        double to = Math.min(from + slots.seconds(), job.prefillSeconds() + decode);
        double decoded = Math.max(0, (from + to) / 2 - job.prefillSeconds()) / tokenSeconds;
        return Math.max(0, to - from) * (job.blocks() + decoded / job.tokensPerBlock());
    }

    @Override
    public void use(Job job, Placement placement, SlotAmounts usage) {
        for (int age = 0; placement.start + age < slots.count(); age++) {
            double blockSeconds = blockSeconds(job, age);
            if (blockSeconds <= 0) {
                return;
            }
            usage.memory()[placement.start + age] += blockSeconds;
            usage.time()[placement.start + age] += prefillSeconds(job, age);
        }
    }

    @Override
    public void demand(Job job, Placement placement, SlotAmounts demand) { use(job, placement, demand); }

    @Override
    public void settle(SlotAmounts demand) {
        // a schedule leaves no choice of slots
    }

    @Override
    public List<Placement> all(Job job) {
        List<Placement> all = new ArrayList<>();
        for (int start = slots.at(job.arrival()); start <= slots.at(job.latestStart()); start++) {
            Placement placement = new Placement();
            placement.set(start, start, start, start, worth(job, start), worth(job, start));
            all.add(placement);
        }
        return all;
    }
}
