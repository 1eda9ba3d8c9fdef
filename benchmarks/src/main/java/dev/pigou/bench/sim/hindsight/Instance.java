package dev.pigou.bench.sim.hindsight;

import java.util.List;

/**
 * Whom a machine could serve, and what it has to give in each slot.
 *
 * @param blocks of KV memory
 */
record Instance(List<Job> jobs, Slots slots, int blocks) {
    Instance {
        jobs = List.copyOf(jobs);
    }

    /** Block-seconds in a slot. */
    double memoryCapacity() { return blocks * slots.seconds(); }

    /** Seconds of step time in a slot. */
    double timeCapacity() { return slots.seconds(); }
}
