package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import java.util.Arrays;
import java.util.List;

/** Requests in flight: sent and not ended, so those in [sent, end). */
final class Concurrency {
    private Concurrency() {}

    static int peak(List<RequestRecord> requests) {
        int[] peak = {0};
        sweep(requests, (_, inFlight) -> peak[0] = Math.max(peak[0], inFlight));
        return peak[0];
    }

    /** The most in flight during each step of the run. */
    static double[] mostInFlight(List<RequestRecord> requests, long stepNanos, long durationNanos) {
        int count = TimeSteps.count(stepNanos, durationNanos);
        double[] most = new double[count];
        int[] last = {0, 0}; // step, in flight when it ended
        sweep(requests, (nanos, inFlight) -> {
            int step = TimeSteps.index(nanos, stepNanos, count);
            for (int quiet = last[0] + 1; quiet <= step; quiet++) {
                most[quiet] = last[1];
            }
            most[step] = Math.max(most[step], inFlight);
            last[0] = step;
            last[1] = inFlight;
        });
        return most;
    }

    private interface Visitor {
        void changed(long nanos, int inFlight);
    }

    private static void sweep(List<RequestRecord> requests, Visitor visitor) {
        long[] sent = requests.stream().mapToLong(RequestRecord::sentNanos).sorted().toArray();
        long[] ended = requests.stream().mapToLong(RequestRecord::endNanos).toArray();
        Arrays.sort(ended);
        int next = 0;
        for (int done = 0; done < ended.length; done++) {
            while (next < sent.length && sent[next] < ended[done]) {
                next++;
                visitor.changed(sent[next - 1], next - done);
            }
            // A request that ended the moment it was sent was never in flight.
            visitor.changed(ended[done], Math.max(0, next - done - 1));
        }
    }
}
