package dev.pigou.bench.sim.report;

import java.util.ArrayList;
import java.util.List;

/** One price over time: constant between samples. Owned by one thread. */
final class PriceTrack {
    static final double SLOT_SECONDS = 1;

    private final List<Double> slots = new ArrayList<>();
    private double slotIntegral;
    private double slotLeft = SLOT_SECONDS;
    private double integral;
    private double seconds;
    private double zeroSeconds;
    private double max;

    /** The price was this for so long. */
    void held(double price, double forSeconds) {
        integral += price * forSeconds;
        seconds += forSeconds;
        zeroSeconds += price == 0 ? forSeconds : 0;
        max = Math.max(max, price);
        double left = forSeconds;
        while (left >= slotLeft) {
            slots.add((slotIntegral + price * slotLeft) / SLOT_SECONDS);
            left -= slotLeft;
            slotIntegral = 0;
            slotLeft = SLOT_SECONDS;
        }
        slotIntegral += price * left;
        slotLeft -= left;
    }

    PriceReport.Summary summary() {
        return seconds == 0
                ? new PriceReport.Summary(0, 0, 1)
                : new PriceReport.Summary(integral / seconds, max, zeroSeconds / seconds);
    }

    /** Means over the slots that are over. */
    List<Double> slots() { return List.copyOf(slots); }

    /** How often the slots' means turned from rising to falling or back, in a minute. */
    double flipsPerMinute() {
        int flips = 0;
        double direction = 0;
        for (int i = 1; i < slots.size(); i++) {
            double change = Math.signum(slots.get(i) - slots.get(i - 1));
            if (change != 0) {
                flips += change == -direction ? 1 : 0;
                direction = change;
            }
        }
        return slots.isEmpty() ? 0 : flips * 60 / (slots.size() * SLOT_SECONDS);
    }
}
