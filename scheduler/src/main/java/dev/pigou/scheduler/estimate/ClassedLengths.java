package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Bid;
import org.jspecify.annotations.Nullable;

/**
 * How long answers of one tenant and size of {@code max_tokens} get: all of them together, and each class of service by
 * itself as soon as there is more than one. A class of which few were seen is pulled towards all of them. Owned by the
 * scheduler's thread; a class's first answer may make its table, and then nothing is allocated.
 */
final class ClassedLengths {
    private final SurvivalTable all;
    private final @Nullable SurvivalTable[] byClass = new @Nullable SurvivalTable[Bid.SERVICE_CLASSES];
    private final int firstClass;
    /** While there is one class only, a table of its own would say what that of all says already. */
    private boolean severalClasses;

    /**
     * Nothing learned yet.
     *
     * @param wider what it is pulled towards as long as few were seen
     * @param firstClass of the first answer, in [0, {@link Bid#SERVICE_CLASSES})
     */
    ClassedLengths(LengthLaw wider, int firstClass) {
        all = new SurvivalTable(wider);
        this.firstClass = firstClass;
    }

    /** An answer of the class has ended, or was cut, after so many tokens, at least 1. */
    void learn(int serviceClass, int length, boolean stopped) {
        all.learn(length, stopped);
        severalClasses |= serviceClass != firstClass;
        if (severalClasses) {
            ownTable(serviceClass).learn(length, stopped);
        }
    }

    /** What is known of answers of the class: that of all if there were none yet. */
    SurvivalTable table(int serviceClass) {
        SurvivalTable own = byClass[serviceClass];
        return own != null ? own : all;
    }

    private SurvivalTable ownTable(int serviceClass) {
        SurvivalTable own = byClass[serviceClass];
        if (own == null) {
            own = new SurvivalTable(all);
            byClass[serviceClass] = own;
        }
        return own;
    }
}
