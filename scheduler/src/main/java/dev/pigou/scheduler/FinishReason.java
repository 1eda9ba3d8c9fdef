package dev.pigou.scheduler;

/** Why a sequence ended. A sequence ends exactly once. */
public enum FinishReason {
    /** The model produced an end-of-sequence token, a stop token id, or the text contained a stop string. */
    STOP,
    /** `max_tokens` or the model's context length was reached. */
    LENGTH,
    /** The client went away or asked for the sequence to end; nobody reads the rest. */
    CANCELLED,
    /** The policy decided that it will not run: it cannot be had at its price, or not in time. */
    REFUSED,
    /** The device step failed, or the model produced numbers that are not finite. */
    ERROR
}
