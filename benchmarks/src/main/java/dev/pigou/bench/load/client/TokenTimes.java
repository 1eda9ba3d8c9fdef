package dev.pigou.bench.load.client;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.atomic.LongAdder;

/** When the chunks with text of one answer came. Owned by an event loop. */
final class TokenTimes {
    private final LongAdder allTokens;
    private final OptionalInt most;
    private int count;
    private long firstNanos = -1;
    private long lastNanos;
    private long[] gaps = new long[16];

    /**
     * @param allTokens counts those of every answer
     * @param most those after it are not wanted any more
     */
    TokenTimes(LongAdder allTokens, OptionalInt most) {
        this.allTokens = allTokens;
        this.most = most;
    }

    void token(long nanos) {
        if (enough()) {
            return;
        }
        if (count == 0) {
            firstNanos = nanos;
        } else {
            if (count > gaps.length) {
                gaps = Arrays.copyOf(gaps, 2 * gaps.length);
            }
            gaps[count - 1] = nanos - lastNanos;
        }
        lastNanos = nanos;
        count++;
        allTokens.increment();
    }

    /** True if as many have come as are wanted. */
    boolean enough() {
        return most.isPresent() && count >= most.getAsInt();
    }

    int count() { return count; }

    /** -1 if none has come. */
    long firstNanos() { return firstNanos; }

    long[] gaps() { return Arrays.copyOf(gaps, Math.max(0, count - 1)); }
}
