package dev.pigou.bench.load.report.compare;

import dev.pigou.bench.load.report.Metric;
import java.util.ArrayList;
import java.util.List;

/** What two servers are compared by. */
sealed interface Measure {
    String name();

    boolean higherIsBetter();

    /** Completed requests a second. */
    record RequestThroughput() implements Measure {
        @Override
        public String name() { return "requests/s"; }

        @Override
        public boolean higherIsBetter() { return true; }
    }

    /** Output tokens of completed requests a second. */
    record OutputThroughput() implements Measure {
        @Override
        public String name() { return "output tokens/s"; }

        @Override
        public boolean higherIsBetter() { return true; }
    }

    /** Requests a second that met every objective. */
    record GoodRequests() implements Measure {
        @Override
        public String name() { return "goodput, requests/s"; }

        @Override
        public boolean higherIsBetter() { return true; }
    }

    /** A percentile of a latency. */
    record Latency(Metric metric, double percentile) implements Measure {
        @Override
        public String name() { return metric + " p" + (int) percentile + ", ms"; }

        @Override
        public boolean higherIsBetter() { return false; }
    }

    /** In the order of rows. */
    static List<Measure> all(boolean goodput) {
        List<Measure> all = new ArrayList<>(List.of(new RequestThroughput(), new OutputThroughput()));
        if (goodput) {
            all.add(new GoodRequests());
        }
        for (Metric metric : Metric.values()) {
            all.add(new Latency(metric, 50));
            all.add(new Latency(metric, 99));
        }
        return all;
    }
}
