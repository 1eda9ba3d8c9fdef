package dev.pigou.bench.load;

import dev.pigou.bench.load.client.RequestBody;
import dev.pigou.bench.load.workload.Session;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests on a thread of its own, before they are due, so that making a long one holds up neither the sending of
 * others nor the reading of answers. Safe for use by many threads.
 */
final class Preparation implements AutoCloseable {
    private final RequestBody body;
    private final Timetable timetable;
    private final Iterator<Session> sessions;
    private final Runnable added;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread made = Thread.ofPlatform().name("bench-preparation").daemon().unstarted(task);
        thread.set(made);
        return made;
    });

    /** @param added called whenever the timetable has something new */
    Preparation(RequestBody body, Timetable timetable, List<Session> sessions, Runnable added) {
        this.body = body;
        this.timetable = timetable;
        this.sessions = sessions.iterator();
        this.added = added;
    }

    /** Prepares the first turns of so many sessions, and waits for them. */
    void begin(int ahead) throws InterruptedException {
        var done = new CountDownLatch(1);
        for (int i = 0; i < ahead; i++) {
            nextArrival();
        }
        executor.execute(done::countDown);
        done.await();
    }

    /** Prepares the first turn of one more session, if there is one. */
    void nextArrival() {
        execute(() -> {
            if (sessions.hasNext()) {
                Session session = sessions.next();
                add(new Conversing(session), timetable.arrivalNanos(session.arrivalSeconds()));
            }
        });
    }

    /** Prepares the next turn of a session that has one. */
    void laterTurn(Conversing session, long dueNanos) {
        execute(() -> add(session, dueNanos));
    }

    private void add(Conversing session, long dueNanos) {
        timetable.add(new Departure(session, session.next(body), dueNanos));
        added.run();
    }

    private void execute(Runnable task) {
        if (executor.isShutdown()) {
            return; // an answer that came after the run had ended
        }
        executor.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
                added.run();
            }
        });
    }

    /** What was wrong with the workload, if something was. */
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure.get());
    }

    Optional<Thread> thread() { return Optional.ofNullable(thread.get()); }

    @Override
    public void close() { executor.shutdownNow(); }
}
