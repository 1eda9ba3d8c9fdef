package dev.pigou.scheduler;

/**
 * Where a {@link Sequence} is on its way: WAITING to RUNNING and back when preempted, FINISHED from either,
 * for good.
 */
public enum SequenceState {
    /** Holds no blocks; computes from its first token when admitted. */
    WAITING,
    /** Holds blocks, and gets a chunk of each step that has budget for it. */
    RUNNING,
    /** Ended; holds no blocks. */
    FINISHED
}
