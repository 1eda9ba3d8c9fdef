package dev.pigou.bench.load;

import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.result.RunProgress;
import dev.pigou.bench.load.result.RunResult;

/** Watches runs. Its methods should return soon: the thread that calls them has other things to do. */
public interface RunObserver {
    RunObserver NOBODY = new RunObserver() {
    };

    /**
     * A run begins, with its warm-up.
     *
     * @param number of the run, from 1
     * @param runs there will be in all
     */
    default void begins(Target target, int number, int runs) {}

    /** About twice a second, from a thread of its own. */
    default void progress(Target target, RunProgress progress) {}

    /** A run has ended. */
    default void ended(RunResult result) {}
}
