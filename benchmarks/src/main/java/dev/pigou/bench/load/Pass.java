package dev.pigou.bench.load;

import dev.pigou.bench.load.client.LoadClient;
import dev.pigou.bench.load.client.RequestBody;
import dev.pigou.bench.load.client.RunClock;
import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One workload, sent from beginning to end. The thread that made it sends: each request when it is due, whatever became
 * of those before. Answers are heard of on the client's event loops.
 */
final class Pass implements AutoCloseable {
    private static final int AHEAD = 64;
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** A parked thread wakes up about so much late. */
    private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(60);
    private static final long MOST_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long TAIL_GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LoadClient client;
    private final Workload workload;
    private final StopSignal stop;
    private final long tailNanos;
    private final Thread sender = Thread.currentThread();
    private final Timetable timetable;
    private final Preparation preparation;
    private final RunLog log;
    private final RunClock clock;
    private final CpuTimes cpu;
    private final AtomicInteger sessionsLeft;
    private long lastSentNanos;
    private long spunNanos;

    /** Prepares the first requests. The run begins when this returns. */
    Pass(LoadClient client, Target target, Workload workload, OptionalInt maxConcurrency, StopSignal stop)
            throws InterruptedException {
        this.client = client;
        this.workload = workload;
        this.stop = stop;
        tailNanos = target.timeLimit().toNanos() + TAIL_GRACE_NANOS;
        timetable = new Timetable(workload, maxConcurrency);
        log = new RunLog(workload.requests());
        sessionsLeft = new AtomicInteger(workload.sessions().size());
        preparation = new Preparation(new RequestBody(target), timetable, workload.sessions(),
                () -> LockSupport.unpark(sender));
        preparation.begin(Math.max(AHEAD, workload.concurrency().orElse(0)));
        cpu = CpuTimes.of(threads());
        clock = new RunClock(System.nanoTime() + LEAD_NANOS);
    }

    RunLog log() { return log; }

    RunClock clock() { return clock; }

    /** Sends everything and waits for the answers. Says why it ended early, if it did. */
    Optional<String> run() {
        while (sessionsLeft.get() > 0) {
            Optional<String> reason = reasonToStop();
            if (reason.isPresent()) {
                return reason;
            }
            preparation.failure().ifPresent(failure -> { throw failure; });
            Timetable.Due due = timetable.poll(clock.now());
            if (due == null) {
                await(timetable.nextNanos());
            } else {
                send(due);
            }
        }
        return Optional.empty();
    }

    private Optional<String> reasonToStop() {
        Optional<String> reason = stop.reason()
                .map(why -> why + " with " + log.inFlight() + " requests in flight").or(log::outage);
        if (reason.isPresent() || log.inFlight() == 0) {
            return reason;
        }
        long stillNanos = clock.now() - Math.max(lastSentNanos, log.lastEndNanos());
        return stillNanos < tailNanos
                ? reason
                : Optional.of(log.inFlight() + " requests have neither ended nor reached their time limit");
    }

    private void await(long untilNanos) {
        long waitNanos = Math.min(untilNanos - clock.now(), MOST_PARK_NANOS);
        if (waitNanos > SPIN_NANOS) {
            LockSupport.parkNanos(this, waitNanos - SPIN_NANOS);
        } else {
            long beginNanos = System.nanoTime();
            while (clock.now() < untilNanos) {
                Thread.onSpinWait();
            }
            spunNanos += System.nanoTime() - beginNanos;
        }
    }

    private void send(Timetable.Due due) {
        Departure departure = due.departure();
        log.sent();
        client.send(departure.ask(), clock,
                workload.concurrency().isPresent()
                        ? OptionalLong.empty()
                        : OptionalLong.of(departure.dueNanos()),
                (record, takenUpNanos, text) -> ended(due, record, takenUpNanos, text));
        lastSentNanos = clock.now();
        if (departure.opensSession()) {
            preparation.nextArrival();
        }
    }

    /** On an event loop. */
    private void ended(Timetable.Due due, RequestRecord record, long takenUpNanos, String text) {
        Conversing session = due.departure().session();
        log.ended(record, takenUpNanos - due.freeNanos());
        timetable.requestEnded(record.endNanos());
        if (record.completed() && session.turnsLeft() > 0) {
            session.answered(text, record.outputTokens());
            preparation.laterTurn(session, record.endNanos() + (long) (session.thinkSeconds() * 1e9));
        } else {
            log.dropped(session.turnsLeft());
            timetable.sessionEnded(record.endNanos());
            sessionsLeft.decrementAndGet();
        }
        LockSupport.unpark(sender);
    }

    /** Of the time since the run began, the share that the busiest of the harness's threads computed. */
    double busiestShare() {
        long nanos = cpu.busiestNanosSince(threads(), thread -> thread == sender ? spunNanos : 0);
        return Math.clamp((double) nanos / Math.max(1, clock.now()), 0, 1);
    }

    private List<Thread> threads() {
        List<Thread> threads = new ArrayList<>(client.threads());
        preparation.thread().ifPresent(threads::add);
        threads.add(sender);
        return threads;
    }

    @Override
    public void close() { preparation.close(); }
}
