package dev.pigou.bench.sim.hindsight;

/**
 * Where in time a job's work lies: the prefill in one slot, the decoding in another, memory from start to end. Mutable, for
 * the search runs millions of times.
 */
final class Placement {
    /** The slot in which the first token comes; -1: the job is not served. */
    int start = -1;
    int end;
    int prefill;
    int decode;
    /** Credits that the answer is worth. */
    double value;
    /** Credits beyond what its resources cost; 0 if it is not served. */
    double surplus;

    void reject() {
        start = -1;
        value = 0;
        surplus = 0;
    }

    boolean isServed() { return start >= 0; }

    void set(int startSlot, int endSlot, int prefillSlot, int decodeSlot, double worth, double beyondCost) {
        start = startSlot;
        end = endSlot;
        prefill = prefillSlot;
        decode = decodeSlot;
        value = worth;
        surplus = beyondCost;
    }

    Placement copy() {
        Placement copy = new Placement();
        copy.set(start, end, prefill, decode, value, surplus);
        return copy;
    }
}
