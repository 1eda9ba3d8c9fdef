package dev.pigou.engine;

import java.time.Duration;

/** What became of a submitted request. */
public sealed interface Submission {
    record Accepted(RequestHandle handle) implements Submission {}

    /**
     * The waiting queue is full.
     *
     * @param waiting sequences waiting now
     * @param retryAfter when a place should be free, from the measured rate at which the queue drains
     */
    record QueueFull(int waiting, Duration retryAfter) implements Submission {}

    /**
     * Nothing can succeed any more.
     *
     * @param reason for the operator
     */
    record Broken(String reason) implements Submission {}

    /** The server is draining and takes no new work. */
    record ShuttingDown() implements Submission {}
}
