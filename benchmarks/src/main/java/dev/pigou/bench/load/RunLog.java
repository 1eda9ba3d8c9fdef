package dev.pigou.bench.load;

import dev.pigou.bench.load.result.HarnessHealth;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * What a run has brought so far. Safe for use by many threads; written when a request is sent or ends, not for each
 * token.
 */
final class RunLog {
    private static final int DIGITS = 3;
    private static final double P99 = 99;

    private final List<RequestRecord> records = new ArrayList<>();
    private final Histogram ttftNanos = new Histogram(DIGITS);
    private final Histogram latenessNanos = new Histogram(DIGITS);
    private final Outage outage = new Outage();
    private int planned;
    private int sent;
    private int failed;
    private int lateSends;
    private long lastEndNanos;

    RunLog(int planned) { this.planned = planned; }

    synchronized void sent() { sent++; }

    /** @param lateNanos how long the harness held the request up */
    synchronized void ended(RequestRecord record, long lateNanos) {
        records.add(record);
        outage.ended(record);
        lastEndNanos = Math.max(lastEndNanos, record.endNanos());
        if (record.failure().isPresent()) {
            failed++;
        }
        if (record.firstTokenNanos() >= 0) {
            ttftNanos.recordValue(Math.max(0, record.ttftNanos()));
        }
        latenessNanos.recordValue(Math.max(0, lateNanos));
        if (lateNanos > HarnessHealth.LATE_MILLIS * 1_000_000L) {
            lateSends++;
        }
    }

    /** A session has ended early, and so many of its turns will not be asked. */
    synchronized void dropped(int turns) {
        planned -= turns;
    }

    synchronized RunProgress progress(long nowNanos, double tokensPerSecond) {
        return new RunProgress(nowNanos, planned, records.size(), failed, sent - records.size(),
                tokensPerSecond, ttftNanos.getValueAtPercentile(P99));
    }

    synchronized int inFlight() { return sent - records.size(); }

    /** In order of their end. */
    synchronized List<RequestRecord> records() { return List.copyOf(records); }

    /** Why there is no point in going on, if there is none. */
    synchronized Optional<String> outage() {
        return outage.reason();
    }

    /** Since the run began; 0 if nothing has ended. */
    synchronized long lastEndNanos() {
        return lastEndNanos;
    }

    synchronized HarnessHealth health(double busiestLoopShare) {
        return new HarnessHealth(busiestLoopShare, lateSends, latenessNanos.getValueAtPercentile(P99),
                latenessNanos.getMaxValue());
    }
}
