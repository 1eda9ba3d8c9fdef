package dev.pigou.bench.sim;

/** How a request ended. Each one does, once. */
public enum Fate {
    /** It got all of its answer, and the answer began in time. */
    COMPLETED,
    /** The policy refused it, or no machine of this size could ever have served it. */
    REFUSED,
    /** Its answer had not begun, or began too late, when its sender's patience ended; the sender then went away. */
    EXPIRED
}
