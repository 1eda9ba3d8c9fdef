package dev.pigou.engine.openai;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * The threads that read requests, render templates, and turn text to tokens and back. A request stays on one of them
 * for life, so that what happens to it happens in order and its state needs no locks.
 */
public final class TextThreads implements AutoCloseable {
    private final List<Worker> workers;
    private final AtomicInteger turn = new AtomicInteger();

    /**
     * Starts them.
     *
     * @param count how many; they do not wait for anything, so more than there are cores are of no use
     * @param maxWaiting most tasks a thread may have before it refuses new requests
     */
    public TextThreads(int count, int maxWaiting) {
        workers = IntStream.range(0, count).mapToObj(i -> new Worker("text-" + i, maxWaiting)).toList();
    }

    /** The thread for the next request. */
    Worker next() {
        return workers.get(Math.floorMod(turn.getAndIncrement(), workers.size()));
    }

    /** Lets the threads end what they have begun. */
    @Override
    public void close() { workers.forEach(Worker::shutdown); }

    /** One thread with its queue. */
    static final class Worker {
        private final ThreadPoolExecutor executor;
        private final int maxWaiting;

        private Worker(String name, int maxWaiting) {
            this.maxWaiting = maxWaiting;
            executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name(name).factory(),
                    new ThreadPoolExecutor.DiscardPolicy());
        }

        /** Begins a request, unless too much waits already. */
        boolean tryStart(Runnable task) {
            if (executor.getQueue().size() >= maxWaiting) {
                return false;
            }
            executor.execute(task);
            return true;
        }

        /** Goes on with a request begun before: never refused, for each request waits at most once. */
        void resume(Runnable task) {
            executor.execute(task);
        }

        private void shutdown() { executor.shutdown(); }
    }
}
