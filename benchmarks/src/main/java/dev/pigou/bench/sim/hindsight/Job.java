package dev.pigou.bench.sim.hindsight;

/**
 * What a request needs at the very least, whoever schedules it. Times are seconds since the run began.
 *
 * @param value credits for an answer at once
 * @param latencyPrice credits for each second of delay
 * @param earliestStart when its first token could come if it had the machine alone
 * @param latestStart when its sender goes away
 * @param prefillSeconds of step time, the constant of steps not counted
 * @param decodeSeconds of step time, with its share of the constant
 * @param blocks held from its start to its end; what others may share is counted in part
 * @param answerTokens length of the answer
 * @param tokenSeconds between two tokens, if it had the machine alone
 * @param tokensPerBlock by which memory grows
 */
record Job(double arrival, double value, double latencyPrice, double earliestStart, double latestStart,
        double prefillSeconds, double decodeSeconds, double blocks, int answerTokens, double tokenSeconds,
        int tokensPerBlock) {
    /** From the first token to the last, alone on the machine. */
    double fastestDecodeSeconds() {
        return (answerTokens - 1) * tokenSeconds;
    }

    /** The most that an answer is worth which begins in this slot: as if it began with the slot, or as soon as it can. */
    double valueIn(int slot, Slots slots) {
        double start = Math.max(slots.begin(slot), earliestStart);
        return start > latestStart ? 0 : Math.max(0, value - latencyPrice * (start - arrival));
    }
}
