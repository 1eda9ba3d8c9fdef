package dev.pigou.bench.load.stub;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a stub answers.
 *
 * @param port 0 takes any free one
 * @param firstToken how long after its request it comes
 * @param tokenInterval between tokens; 0 sends them as fast as the client takes them
 * @param tokens of each answer; if empty, as many as the request allows
 * @param freeze how long everything stands still, as in a garbage collector's pause; 0 for never
 * @param freezeEvery from the beginning of one freeze to that of the next; the first comes when it has passed once
 * @param fault of each answer
 */
public record StubConfig(int port, Duration firstToken, Duration tokenInterval, OptionalInt tokens,
        Duration freeze, Duration freezeEvery, StubFault fault) {
    public StubConfig {
        require(port >= 0 && port <= 65_535, "--port must be from 0 to 65535, but is " + port);
        require(!firstToken.isNegative() && !tokenInterval.isNegative() && !freeze.isNegative(),
                "the stub's times must not be negative");
        tokens.ifPresent(count -> require(count >= 0, "--tokens must be at least 0, but is " + count));
        require(freeze.isZero() || freezeEvery.compareTo(freeze) > 0,
                "a stub that freezes for " + freeze.toMillis() + " ms must do so at longer intervals than "
                        + freezeEvery.toMillis() + " ms");
    }

    /** Answers at once, and has no faults. */
    public static StubConfig instant() {
        return new StubConfig(0, Duration.ZERO, Duration.ZERO, OptionalInt.empty(), Duration.ZERO,
                Duration.ZERO, StubFault.NONE);
    }

    public StubConfig withPace(Duration first, Duration interval) {
        return new StubConfig(port, first, interval, tokens, freeze, freezeEvery, fault);
    }

    public StubConfig withFreeze(Duration length, Duration every) {
        return new StubConfig(port, firstToken, tokenInterval, tokens, length, every, fault);
    }

    public StubConfig withFault(StubFault other) {
        return new StubConfig(port, firstToken, tokenInterval, tokens, freeze, freezeEvery, other);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
