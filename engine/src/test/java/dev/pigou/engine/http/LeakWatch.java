package dev.pigou.engine.http;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import static org.assertj.core.api.Assertions.assertThat;

/** Follows every buffer, and remembers those that were dropped without being released. */
final class LeakWatch {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    static {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory());
    }

    private LeakWatch() {}

    /** Must come before the first buffer. */
    static void install() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    }

    /** A buffer shows as lost once it was collected and another is made. */
    static void assertNone() {
        System.gc();
        PooledByteBufAllocator.DEFAULT.buffer().release();
        assertThat(LEAKS).as("buffers nobody released").isEmpty();
    }

    private static final class Factory extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation") // the only way to make one
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval,
                long maxActive) {
            return new Detector<>(resource, interval);
        }
    }

    private static final class Detector<T> extends ResourceLeakDetector<T> {
        Detector(Class<?> resource, int interval) { super(resource, interval); }

        @Override
        protected void reportTracedLeak(String type, String records) { LEAKS.add(type + ": " + records); }

        @Override
        protected void reportUntracedLeak(String type) { LEAKS.add(type); }
    }
}
