package dev.pigou.bench.load;

import dev.pigou.bench.load.client.LoadClient;
import dev.pigou.bench.load.result.RunProgress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Tells twice a second how far a run is, and asks for prices, on a thread of its own. */
final class Monitor implements AutoCloseable {
    private static final long PROGRESS_MILLIS = 500;
    private static final long PRICE_MILLIS = 1000;
    private static final int WINDOW = 6;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("bench-monitor").daemon().unstarted(task));
    private final Pass pass;
    private final LoadClient client;
    private final Consumer<RunProgress> observer;
    private final Deque<Count> counts = new ArrayDeque<>();

    /** Tokens so far at one moment. */
    private record Count(long nanos, long tokens) {}

    @SuppressWarnings("FutureReturnValueIgnored") // they end with the timer
    Monitor(Pass pass, LoadClient client, PricePoll prices, Consumer<RunProgress> observer) {
        this.pass = pass;
        this.client = client;
        this.observer = observer;
        counts.add(new Count(0, client.tokens()));
        timer.scheduleAtFixedRate(this::tell, PROGRESS_MILLIS, PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
        timer.scheduleAtFixedRate(prices::poll, 0, PRICE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tell() {
        var now = new Count(pass.clock().now(), client.tokens());
        Count before = counts.size() < WINDOW ? counts.getFirst() : counts.removeFirst();
        counts.addLast(now);
        double tokensPerSecond = 1e9 * (now.tokens() - before.tokens())
                / Math.max(1, now.nanos() - before.nanos());
        observer.accept(pass.log().progress(now.nanos(), tokensPerSecond));
    }

    @Override
    public void close() { timer.shutdownNow(); }
}
