package dev.pigou.engine.openai;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells every subscriber the prices when they change, as server-sent events. A thread of its own looks at fixed times, so
 * that nobody gets events faster than that, and the engine never knows how many listen. Who reads slowly misses events and
 * gets the latest when it has caught up. Methods are safe to call from any thread.
 */
final class PriceFeed {
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Supplier<PriceReport> prices;
    private final Pace pace;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Subscriber> subscribers = new HashSet<>();
    private @Nullable Future<?> ticking;
    private boolean ended;

    /**
     * @param shortestGap between two events
     * @param heartbeat a subscriber who has been told nothing for so long gets a comment, so that proxies keep the
     *     connection open, and dead ones are found
     * @param mostSubscribers further ones are refused
     */
    record Pace(Duration shortestGap, Duration heartbeat, int mostSubscribers) {
        static final Pace DEFAULT = new Pace(Duration.ofMillis(250), Duration.ofSeconds(15), 256);
    }

    PriceFeed(Supplier<PriceReport> prices, Pace pace) {
        this.prices = prices;
        this.pace = pace;
        timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("price-feed").factory());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    /** Answers with a stream that begins with the prices now. */
    synchronized void subscribe(ResponseSink sink) {
        if (ended) {
            sink.error(ApiError.shuttingDown());
            return;
        }
        if (subscribers.size() >= pace.mostSubscribers()) {
            sink.error(ApiError.tooManySubscribers(pace.mostSubscribers()));
            return;
        }
        var subscriber = new Subscriber(sink);
        subscribers.add(subscriber);
        sink.begin();
        sink.listen(subscriber);
        subscriber.tell(prices.get(), System.nanoTime());
        if (ticking == null) {
            long gap = pace.shortestGap().toNanos();
            ticking = timer.scheduleAtFixedRate(this::tick, gap, gap, TimeUnit.NANOSECONDS);
        }
    }

    synchronized int subscribers() { return subscribers.size(); }

    private synchronized void tick() {
        if (!subscribers.isEmpty()) {
            PriceReport report = prices.get();
            long now = System.nanoTime();
            subscribers.forEach(subscriber -> subscriber.tell(report, now));
        }
    }

    private synchronized void remove(Subscriber subscriber) { subscribers.remove(subscriber); }

    /** Ends every stream, and takes no more subscribers. */
    synchronized void end() {
        ended = true;
        timer.shutdown();
        subscribers.forEach(Subscriber::end);
        subscribers.clear();
    }

    /** Guarded by the feed's lock, but for what it hears. */
    private final class Subscriber implements ResponseSink.Listener {
        private final ResponseSink sink;
        private @Nullable PriceReport told;
        private long toldNanos;

        Subscriber(ResponseSink sink) { this.sink = sink; }

        void tell(PriceReport report, long nowNanos) {
            boolean news = told == null || !report.saysTheSameAs(told);
            boolean due = news || nowNanos - toldNanos >= pace.heartbeat().toNanos();
            if (!due || !sink.writable()) {
                return;
            }
            if (news) {
                told = report;
                sink.event(new JsonBytes().raw("data: ").raw(Json.write(report)).raw("\n\n").toBytes());
            } else {
                sink.event(HEARTBEAT.clone());
            }
            toldNanos = nowNanos;
            sink.flush();
        }

        void end() {
            sink.event(DONE.clone());
            sink.end();
        }

        @Override
        public void closed() { remove(this); }

        @Override
        public void writable() {
            // It hears the latest when the others do.
        }
    }
}
