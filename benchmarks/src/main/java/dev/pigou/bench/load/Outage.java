package dev.pigou.bench.load;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Tells when there is no point in going on: nobody listens any more, or the server has long answered nothing but errors.
 * Refusals and time limits are no such errors, for a server under too much load has a right to them. Used under the lock
 * of {@link RunLog}.
 */
final class Outage {
    private static final int MANY = 20;
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private int unconnected;
    private int failures;
    private long sinceNanos;
    private Optional<String> reason = Optional.empty();

    void ended(RequestRecord record) {
        Optional<Failure> failure = record.failure()
                .filter(why -> why.kind() != Failure.Kind.REFUSED && why.kind() != Failure.Kind.TIMED_OUT);
        if (failure.isEmpty()) {
            unconnected = 0;
            failures = 0;
            return;
        }
        unconnected = failure.get().kind() == Failure.Kind.NOT_CONNECTED ? unconnected + 1 : 0;
        if (failures++ == 0) {
            sinceNanos = record.endNanos();
        }
        if (unconnected >= MANY) {
            end("the server is gone: " + unconnected + " requests in a row could not connect ("
                    + failure.get().detail() + ")");
        } else if (failures >= MANY && record.endNanos() - sinceNanos >= LONG_NANOS) {
            end("the server answers nothing but errors: " + failures + " in a row, the last of them: "
                    + failure.get().detail());
        }
    }

    private void end(String why) {
        if (reason.isEmpty()) {
            reason = Optional.of(why);
        }
    }

    /** Why the run should end, if it should. */
    Optional<String> reason() { return reason; }
}
