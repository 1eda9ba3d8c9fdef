package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Charge;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.estimate.StepCostModel;

/**
 * Charges sequences for step time: by how much what each computes makes the step longer, times what a longer step costs all
 * the others, and the operator's flat price of step time on top. Nobody pays for what he computes again after a preemption,
 * nor for what was in the cache. Owned by the scheduler's thread; allocates nothing.
 *
 * <ul>
 * <li>B1: what was charged to all sequences, ended or not, adds up to {@link #prefillPico} and {@link #decodePico}, to the
 * last picocredit.
 * </ul>
 */
final class Metering {
    private final StepCostModel cost;
    private final double resourcePrice;
    private final int blockSize;
    private long prefillPico;
    private long decodePico;

    /**
     * @param resourcePrice credits a second of step time
     * @param blockSize tokens in a KV block
     */
    Metering(StepCostModel cost, double resourcePrice, int blockSize) {
        this.cost = cost;
        this.resourcePrice = resourcePrice;
        this.blockSize = blockSize;
    }

    /** Credits that a second of step time costs one whose own delay is worth so much a second. */
    double secondPrice(double latencyPressure, double ownLatencyPrice) {
        return Math.max(0, latencyPressure - ownLatencyPrice) + resourcePrice;
    }

    /** Of the price of so much step time, what no lull makes less. */
    double flatPart(double stepSeconds) {
        return resourcePrice * stepSeconds;
    }

    /**
     * A chunk was computed. One position that a token follows is a decode, as in {@link
     * dev.pigou.scheduler.estimate.StepWork}; also where what stands before it had to be computed again.
     *
     * @param latencyPressure credits a second that a longer step costs all who wait for its end
     */
    void computed(StepPlan plan, int chunk, double latencyPressure) {
        Sequence sequence = plan.sequence(chunk);
        Charge charge = sequence.charge();
        int to = plan.to(chunk);
        int from = Math.max(plan.from(chunk), charge.settledTo());
        if (from >= to) {
            return;
        }
        charge.settledTo(to);
        double price = secondPrice(latencyPressure, sequence.bid().latencyPrice());
        if (to - from == 1 && plan.samples(chunk)) {
            long pico = amount(price * decodeSecondsOfBlocks(Math.ceilDiv(to, blockSize)));
            charge.addDecode(pico);
            decodePico += pico;
        } else {
            long pico = amount(price * prefillSeconds(from, to));
            charge.addPrefill(pico);
            prefillPico += pico;
        }
    }

    /** By how much computing the positions [from, to) makes a step longer. */
    double prefillSeconds(int from, int to) {
        return (to - from) * cost.secondsPerPrefillToken(0.5 * from + 0.5 * to);
    }

    /** By how much a token after so many makes a step longer. */
    double decodeSeconds(double contextTokens) {
        return decodeSecondsOfBlocks(Math.ceil(contextTokens / blockSize));
    }

    private double decodeSecondsOfBlocks(double blocks) {
        return cost.secondsPerDecodeSequence() + blocks * cost.secondsPerKvBlockRead();
    }

    private static long amount(double credits) {
        return Math.min(Picocredits.of(credits), Picocredits.MOST_PER_CHUNK);
    }

    /** Charged for prompts since the start. */
    long prefillPico() { return prefillPico; }

    /** Charged for tokens since the start. */
    long decodePico() { return decodePico; }
}
