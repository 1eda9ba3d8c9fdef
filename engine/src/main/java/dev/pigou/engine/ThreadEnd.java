package dev.pigou.engine;

/** Waiting for a thread to end, whatever happens. */
final class ThreadEnd {
    private ThreadEnd() {}

    /** Returns once it has ended. Who is interrupted meanwhile is so afterwards. */
    static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
