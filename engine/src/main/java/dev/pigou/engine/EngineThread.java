package dev.pigou.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives an {@link EngineLoop}: runs it while there is work and sleeps while there is none. */
final class EngineThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineThread.class);
    /** A forgotten wake-up costs at most this. */
    private static final long LONGEST_SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How often a policy that holds back all who wait is asked again. */
    private static final long HELD_BACK_SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final EngineLoop loop;
    private final Thread thread;
    private volatile boolean stopped;

    EngineThread(EngineLoop loop) {
        this.loop = loop;
        thread = Thread.ofPlatform().name("engine").unstarted(this::run);
    }

    void start() { thread.start(); }

    /** Called after a command was enqueued; from any thread. */
    void wake() { LockSupport.unpark(thread); }

    private void run() {
        while (!stopped) {
            try {
                if (loop.runOnce(System.nanoTime()) == 0 && !loop.hasCommands()) {
                    LockSupport.parkNanos(loop, loop.hasWork() ? HELD_BACK_SLEEP_NANOS : LONGEST_SLEEP_NANOS);
                }
            } catch (RuntimeException | Error e) {
                LOG.error("The engine loop failed; every request ends with an error", e);
                loop.abandon("the engine loop failed: " + e, System.nanoTime());
            }
        }
        loop.close(System.nanoTime());
    }

    /** Ends the thread after the step at hand. */
    @Override
    public void close() {
        stopped = true;
        wake();
        ThreadEnd.await(thread);
    }
}
