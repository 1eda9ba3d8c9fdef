package dev.pigou.bench.sim.hindsight;

/**
 * Time cut into slots of equal length, from 0 to the horizon.
 *
 * @param seconds length of one
 * @param count how many, at least 1
 */
record Slots(double seconds, int count) {
    Slots {
        if (!(seconds > 0) || count < 1) {
            throw new IllegalArgumentException(
                    "slots must be longer than 0 s and at least 1, but are " + seconds + " and " + count);
        }
    }

    /** The slot that holds a moment; the last one if it is later. */
    int at(double moment) {
        return (int) Math.min(count - 1.0, Math.max(0, Math.floor(moment / seconds)));
    }

    double begin(int slot) { return slot * seconds; }
}
