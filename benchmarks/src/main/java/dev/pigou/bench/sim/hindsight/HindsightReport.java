package dev.pigou.bench.sim.hindsight;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What nobody could have exceeded; what the JSON holds, with names in snake case.
 *
 * @param offered credits, if every answer began when it was asked for
 * @param stepTimeLoad step time that all would take at the least, over the time in which they arrive
 * @param horizonSeconds schedules count that are done by then
 * @param bounds by the name of the form
 */
public record HindsightReport(String demand, double load, int kvBlocks, long seed, int requests,
        double offered, double stepTimeLoad, double slotSeconds, double horizonSeconds,
        Map<String, Bound> bounds) {
    /**
     * One form's.
     *
     * @param bound credits
     * @param lpOptimum of the linear program, where it was solved exactly
     * @param memoryShare of a step's constant, that sequences were charged by their memory; the rest by their number
     * @param kvPrices credits per block-second, by slot: the duals
     * @param stepTimePrices credits per second of step time, by slot
     */
    public record Bound(double bound, @Nullable Double lpOptimum, double memoryShare, List<Double> kvPrices,
            List<Double> stepTimePrices) {}
}
