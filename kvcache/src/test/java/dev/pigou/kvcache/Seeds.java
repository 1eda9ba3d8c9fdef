package dev.pigou.kvcache;

import java.util.stream.LongStream;

/**
 * Seeds of the randomised tests. A failing one is in the name of the failed test; put it here alone to replay
 * it.
 */
final class Seeds {
    private Seeds() {}

    static LongStream few() { return LongStream.range(0, 40); }

    /** For runs that take long. */
    static LongStream fewest() { return LongStream.range(0, 5); }
}
