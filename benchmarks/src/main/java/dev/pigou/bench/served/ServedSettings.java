package dev.pigou.bench.served;

import java.nio.file.Path;

/**
 * The servers of an experiment and what is asked of them.
 *
 * @param folder results, configuration, logs and ledgers; an experiment that was cut short goes on from what is there
 * @param kvBlocks of each server
 * @param threads of each server
 * @param chatLoad what the chat asks for, as a share of what a server could answer of it alone
 * @param lengthyLoad the same of the lengthy tenant at onefold volume
 * @param seconds for which requests come that count; the warm-up is before it, and after it others still come
 */
public record ServedSettings(Path folder, Path model, int kvBlocks, int threads, double chatLoad,
        double lengthyLoad, double seconds) {
    private static final double WARM_UP_SECONDS = 5;

    public ServedSettings {
        if (!(chatLoad > 0 && lengthyLoad > 0 && seconds >= 1 && seconds <= 3600)) {
            throw new IllegalArgumentException("loads must be above 0 and seconds from 1 to 3600, but are "
                    + chatLoad + ", " + lengthyLoad + " and " + seconds);
        }
    }

    Window window() { return new Window(WARM_UP_SECONDS, WARM_UP_SECONDS + seconds); }
}
