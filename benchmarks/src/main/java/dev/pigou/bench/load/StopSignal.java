package dev.pigou.bench.load;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Ends runs before their time, and says why. Once given it stays given. Safe for use by many threads. */
public final class StopSignal {
    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

    /** Stops; only the first reason counts. */
    public void stop(String why) {
        reason.compareAndSet(null, why);
    }

    public Optional<String> reason() { return Optional.ofNullable(reason.get()); }
}
