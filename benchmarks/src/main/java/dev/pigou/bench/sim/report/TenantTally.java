package dev.pigou.bench.sim.report;

import dev.pigou.bench.sim.Fate;
import dev.pigou.bench.sim.Outcome;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts what one tenant got. Owned by the simulation's thread. */
final class TenantTally {
    private static final double MICROS = 1e6;

    private final Histogram ttftMicros = new Histogram(3);
    private final Histogram tpotMicros = new Histogram(3);
    private final Map<Fate, Integer> ended = new EnumMap<>(Fate.class);
    private double welfare;

    void add(Outcome outcome) {
        ended.merge(outcome.fate(), 1, Integer::sum);
        welfare += outcome.credits();
        if (outcome.fate() == Fate.COMPLETED) {
            ttftMicros.recordValue(Math.round(outcome.ttftSeconds() * MICROS));
            if (outcome.request().outputTokens() > 1) {
                tpotMicros.recordValue(Math.round(outcome.tpotSeconds() * MICROS));
            }
        }
    }

    int count(Fate fate) { return ended.getOrDefault(fate, 0); }

    boolean isEmpty() { return ended.isEmpty(); }

    TenantReport report() {
        return new TenantReport(count(Fate.COMPLETED), count(Fate.REFUSED), count(Fate.EXPIRED), welfare,
                seconds(ttftMicros, 50), seconds(ttftMicros, 99), seconds(tpotMicros, 50),
                seconds(tpotMicros, 99), null, null);
    }

    private static @Nullable Double seconds(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? null : micros.getValueAtPercentile(percentile) / MICROS;
    }
}
