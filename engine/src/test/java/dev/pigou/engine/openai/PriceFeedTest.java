package dev.pigou.engine.openai;

import dev.pigou.engine.EnginePrices;
import dev.pigou.scheduler.price.PriceForecast;
import dev.pigou.scheduler.price.PriceVector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class PriceFeedTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration OFTEN = Duration.ofMillis(1);

    private volatile double price;
    private @Nullable PriceFeed feed;

    private PriceFeed feed(Duration heartbeat, int mostSubscribers) {
        var made = new PriceFeed(this::report, new PriceFeed.Pace(OFTEN, heartbeat, mostSubscribers));
        feed = made;
        return made;
    }

    private PriceReport report() {
        var vector = new PriceVector(0, price, 0, price, price, 0, 0);
        return PriceReport.of(new EnginePrices("price", 16, vector, PriceForecast.FREE), 0, 0);
    }

    @AfterEach
    void end() { Objects.requireNonNull(feed).end(); }

    /** A client that reads as fast as it is told to. */
    private static final class Client implements ResponseSink {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        volatile boolean reads = true;
        private @Nullable Listener listener;

        @Override
        public void respond(int status, Map<String, String> headers, byte[] json) { heard.add("" + status); }

        @Override
        public void begin() { heard.add("begin"); }

        @Override
        public void event(byte[] frame) { heard.add(new String(frame, StandardCharsets.UTF_8)); }

        @Override
        public void flush() {
            // All is heard at once.
        }

        @Override
        public void end() { heard.add("end"); }

        @Override
        public boolean writable() { return reads; }

        @Override
        public void listen(Listener hearer) { listener = hearer; }

        void leave() { Objects.requireNonNull(listener).closed(); }

        String next() throws InterruptedException {
            return Objects.requireNonNull(heard.poll(30, TimeUnit.SECONDS), "nothing was heard");
        }
    }

    @Test
    void whoReadsSlowlyMissesPricesAndGetsTheLatest() throws InterruptedException {
        var slow = new Client();
        var quick = new Client();
        PriceFeed prices = feed(NEVER, 2);
        prices.subscribe(slow);
        prices.subscribe(quick);
        assertThat(List.of(slow.next(), slow.next()).getLast()).contains("\"kv_waiting\":0.0");
        assertThat(List.of(quick.next(), quick.next()).getLast()).contains("\"kv_waiting\":0.0");
        slow.reads = false;
        for (int step = 1; step <= 5; step++) {
            price = step;
            assertThat(quick.next()).contains("\"kv_waiting\":" + step + ".0");
        }
        assertThat(slow.heard).isEmpty();
        slow.reads = true;
        assertThat(slow.next()).contains("\"kv_waiting\":5.0");
    }

    @Test
    void aSubscriberWithoutNewsGetsHeartbeats() throws InterruptedException {
        var client = new Client();
        feed(OFTEN, 1).subscribe(client);
        assertThat(List.of(client.next(), client.next(), client.next())).endsWith(":\n\n");
    }

    @Test
    void thereAreSoManyPlacesAndWhoLeavesMakesRoom() throws InterruptedException {
        PriceFeed prices = feed(NEVER, 1);
        var first = new Client();
        prices.subscribe(first);
        var second = new Client();
        prices.subscribe(second);
        assertThat(second.next()).isEqualTo("429");
        first.leave();
        assertThat(prices.subscribers()).isZero();
        prices.subscribe(second);
        assertThat(second.next()).isEqualTo("begin");
    }

    @Test
    void whenItEndsEveryStreamEndsAndNobodyComesIn() throws InterruptedException {
        PriceFeed prices = feed(NEVER, 2);
        var client = new Client();
        prices.subscribe(client);
        prices.end();
        assertThat(List.of(client.next(), client.next(), client.next(), client.next()))
                .endsWith("data: [DONE]\n\n", "end");
        var late = new Client();
        prices.subscribe(late);
        assertThat(late.next()).isEqualTo("503");
    }
}
