package dev.pigou.engine.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory of all request bodies together: each may be long, and there may be thousands. A body counts from its
 * first byte until the request has been read. Any thread may use it.
 */
final class BodyBudget {
    private final long limitBytes;
    private final AtomicLong heldBytes = new AtomicLong();

    BodyBudget(long limitBytes) { this.limitBytes = limitBytes; }

    Share open() { return new Share(); }

    /** What all bodies take now. */
    long heldBytes() { return heldBytes.get(); }

    /** What one body takes. It grows before it is closed. */
    final class Share implements AutoCloseable {
        private final AtomicLong bytes = new AtomicLong();

        private Share() {}

        /** False, and nothing taken, if all bodies together would be too much. */
        boolean tryGrow(int more) {
            if (heldBytes.addAndGet(more) > limitBytes) {
                heldBytes.addAndGet(-more);
                return false;
            }
            bytes.addAndGet(more);
            return true;
        }

        /** The body is no longer held. Does nothing the second time. */
        @Override
        public void close() { heldBytes.addAndGet(-bytes.getAndSet(0)); }
    }
}
