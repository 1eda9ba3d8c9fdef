package dev.pigou.engine.torch;

import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Threads that each run native calls on one core.
 *
 * <p>They meet only where the caller waits for all of them, where threads inside every operation would meet thousands
 * of times a second; beside other work on the machine that is several times faster.
 */
final class TorchWorkers implements AutoCloseable {
    private final int count;
    private final ExecutorService threads;

    TorchWorkers(int count) {
        this.count = count;
        threads = Executors.newFixedThreadPool(count, TorchWorkers::thread);
    }

    /** libtorch keeps each of these settings by thread. */
    private static Thread thread(Runnable work) {
        return Thread.ofPlatform().daemon().name("torch-worker").unstarted(() -> {
            JniUtils.setNumThreads(1);
            JniUtils.setGraphExecutorOptimize(false);
            JniUtils.setGradMode(true);
            work.run();
        });
    }

    int count() { return count; }

    /** Runs the tasks side by side, waits for all, and returns their results in order. */
    <T> List<T> runAll(List<Supplier<T>> tasks) {
        var running = tasks.stream().map(task -> CompletableFuture.supplyAsync(task, threads)).toList();
        CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        return running.stream().map(CompletableFuture::join).toList();
    }

    @Override
    public void close() { threads.close(); }
}
