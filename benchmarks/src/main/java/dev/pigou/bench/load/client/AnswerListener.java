package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.RequestRecord;

/** Hears how a request ended. Called once, on an event loop, so it must return at once. */
@FunctionalInterface
public interface AnswerListener {
    /**
     * A request has ended, one way or another.
     *
     * @param record in which {@code intendedNanos} is when the request was due, or when it was sent if it was due at no
     *     time of its own
     * @param takenUpNanos when the event loop turned to it, since the run began. What passed between then and its
     *     sending was spent on a connection, which is the server's doing and not the harness's
     * @param text of the answer, as far as it came; empty if nobody wanted it
     */
    void ended(RequestRecord record, long takenUpNanos, String text);
}
