package dev.pigou.engine;

/** What a failed step means for those after it. */
public enum DeviceFailure {
    /** Nothing: this one step failed. */
    STEP,
    /** The device had no memory for it; a smaller one may succeed. */
    OUT_OF_MEMORY,
    /** No later step of this process can succeed either. */
    LOST
}
