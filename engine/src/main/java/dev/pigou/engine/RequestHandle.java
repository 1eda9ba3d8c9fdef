package dev.pigou.engine;

/** A running request, as its submitter sees it. Safe to call from any thread, any number of times. */
public interface RequestHandle {
    /** Nobody reads the answer any more: every choice ends with CANCELLED and frees its blocks within one step. */
    void cancel();

    /** The text of this choice is complete (a stop string was found): it ends with STOP within one step. */
    void stop(int choice);
}
