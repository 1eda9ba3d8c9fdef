package dev.pigou.bench.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C, or a SIGTERM, into a {@link StopSignal}, and keeps the JVM alive until what there is has been written:
 * until this is closed, but no longer than {@value #PATIENCE_SECONDS} s.
 */
public final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 15;

    private final CountDownLatch written = new CountDownLatch(1);
    private final Thread hook;

    /** In force from now on. */
    public Interruption(StopSignal stop) {
        hook = new Thread(() -> {
            stop.stop("interrupted");
            try {
                if (!written.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("pigou: the results could not be written in time");
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }, "bench-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        written.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the JVM is going down, and the hook has done what it is for
        }
    }
}
