package dev.pigou.bench.sim.hindsight;

import java.util.Arrays;

/**
 * An amount of each of the two resources in each slot: prices (credits per block-second, credits per second of step time) or
 * what is used of them (block-seconds, seconds).
 *
 * @param memory by slot
 * @param time by slot
 */
@SuppressWarnings("ArrayRecordComponent") // working storage; nobody compares two
record SlotAmounts(double[] memory, double[] time) {
    static SlotAmounts zeros(int slots) { return new SlotAmounts(new double[slots], new double[slots]); }

    SlotAmounts copy() { return new SlotAmounts(memory.clone(), time.clone()); }

    void clear() {
        Arrays.fill(memory, 0);
        Arrays.fill(time, 0);
    }
}
