package dev.pigou.bench.sim.hindsight;

import java.util.ArrayList;
import java.util.List;

/**
 * A job that has begun holds its memory until it is done. Its prefill is done in any slot up to its first token, its decoding
 * in any from there to its end, however slow that is; memory is held in all slots between, and counted at its least: none in
 * the first and the last slot, and of the answer only what must be there because it could not come faster later on. No schedule
 * escapes it that never preempts and is done by the horizon.
 */
final class ContiguousForm implements Form {
    private final Slots slots;
    private SlotAmounts prices;
    /** Of a block held through all slots before this one. */
    private final double[] heldBefore;
    private final double[] cheapestTimeFrom;
    private final Softening softening;

    ContiguousForm(Slots slots) {
        this.slots = slots;
        prices = SlotAmounts.zeros(slots.count());
        softening = new Softening(slots.count());
        heldBefore = new double[slots.count() + 1];
        cheapestTimeFrom = new double[slots.count() + 1];
        cheapestTimeFrom[slots.count()] = Double.POSITIVE_INFINITY;
    }

    @Override
    public void price(SlotAmounts newPrices) {
        prices = newPrices;
        softening.price(prices.time());
        for (int slot = 0; slot < slots.count(); slot++) {
            heldBefore[slot + 1] = heldBefore[slot] + slots.seconds() * prices.memory()[slot];
        }
        for (int slot = slots.count() - 1; slot >= 0; slot--) {
            cheapestTimeFrom[slot] = Math.min(prices.time()[slot], cheapestTimeFrom[slot + 1]);
        }
    }

    @Override
    public void best(Job job, Placement into) {
        into.reject();
        double[] time = prices.time();
        int prefill = slots.at(job.arrival());
        int first = slots.at(job.earliestStart());
        int last = slots.at(job.latestStart());
        for (int start = prefill; start <= last; start++) {
            prefill = time[start] < time[prefill] ? start : prefill;
            double worth = start < first ? 0 : job.valueIn(start, slots);
            double left = worth - job.prefillSeconds() * time[prefill];
            if (left > into.surplus) {
                bestEnd(job, start, prefill, worth, left, into);
            }
        }
    }

    /** Tries ends from the earliest on, until holding memory any longer costs more than cheaper time could save. */
    private void bestEnd(Job job, int start, int prefill, double worth, double left, Placement into) {
        double[] time = prices.time();
        int decode = start;
        int earliest = earliestEnd(job, start);
        for (int slot = start + 1; slot < Math.min(earliest, slots.count()); slot++) {
            decode = time[slot] < time[decode] ? slot : decode;
        }
        for (int end = earliest; end < slots.count(); end++) {
            decode = time[end] < time[decode] ? end : decode;
            double afterMemory = left - heldCost(job, start, end);
            double surplus = afterMemory - job.decodeSeconds() * time[decode];
            if (surplus > into.surplus) { // only then does it matter what the answer's growth costs
                surplus -= growthCost(job, end);
            }
            if (surplus > into.surplus) {
                into.set(start, end, prefill, decode, worth, surplus);
            }
            double bestLater = afterMemory
                    - job.decodeSeconds() * Math.min(time[decode], cheapestTimeFrom[end + 1]);
            if (bestLater <= into.surplus) {
                return;
            }
        }
    }

    /** An answer that begins at the end of its slot may be done at the beginning of its last one. */
    private int earliestEnd(Job job, int start) {
        double whole = Math.ceil(job.fastestDecodeSeconds() / slots.seconds()) - 1;
        return start + (int) Math.max(0, whole);
    }

    private double heldCost(Job job, int start, int end) {
        return end <= start + 1 ? 0 : job.blocks() * (heldBefore[end] - heldBefore[start + 1]);
    }

    private double growthCost(Job job, int end) {
        double cost = 0;
        for (int slot = end - 1; slot >= 0; slot--) {
            double blocks = grownBlocks(job, slot, end);
            if (blocks <= 0) {
                return cost;
            }
            cost += blocks * slots.seconds() * prices.memory()[slot];
        }
        return cost;
    }

    /** Blocks of the answer that are there when a slot begins, if all of it must be there when {@code end} is over. */
    private double grownBlocks(Job job, int slot, int end) {
        double tokens = job.answerTokens() - 1 - (end + 1 - slot) * slots.seconds() / job.tokenSeconds();
        return tokens / job.tokensPerBlock();
    }

    @Override
    public void use(Job job, Placement placement, SlotAmounts usage) {
        usage.time()[placement.prefill] += job.prefillSeconds();
        usage.time()[placement.decode] += job.decodeSeconds();
        useMemory(job, placement, usage);
    }

    private void useMemory(Job job, Placement placement, SlotAmounts usage) {
        for (int slot = placement.start + 1; slot < placement.end; slot++) {
            double blocks = job.blocks() + Math.max(0, grownBlocks(job, slot, placement.end));
            usage.memory()[slot] += blocks * slots.seconds();
        }
    }

    @Override
    public void demand(Job job, Placement placement, SlotAmounts demand) {
        softening.spread(job.prefillSeconds(), slots.at(job.arrival()), placement.start, placement.prefill,
                demand.time());
        softening.spread(job.decodeSeconds(), placement.start, placement.end, placement.decode,
                demand.time());
        useMemory(job, placement, demand);
    }

    @Override
    public void settle(SlotAmounts demand) { softening.settle(demand.time()); }

    @Override
    public List<Placement> all(Job job) {
        List<Placement> all = new ArrayList<>();
        for (int start = slots.at(job.earliestStart()); start <= slots.at(job.latestStart()); start++) {
            double worth = job.valueIn(start, slots);
            for (int prefill = slots.at(job.arrival()); prefill <= start; prefill++) {
                for (int end = earliestEnd(job, start); end < slots.count(); end++) {
                    for (int decode = start; decode <= end; decode++) {
                        Placement placement = new Placement();
                        placement.set(start, end, prefill, decode, worth, worth);
                        all.add(placement);
                    }
                }
            }
        }
        return all;
    }
}
