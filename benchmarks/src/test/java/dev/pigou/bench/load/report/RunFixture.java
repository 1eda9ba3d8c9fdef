package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.HarnessHealth;
import dev.pigou.bench.load.result.PriceSample;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Runs as a server might have given them, drawn from a seed: Poisson arrivals, a load that wanders so that neighbours
 * share their fate, log-normal times, now and then a failure or a client that leaves.
 *
 * @param slowness multiplies every time the server takes
 * @param runNoise standard deviation of a factor on the whole run: the machine's good and bad hours
 */
public record RunFixture(String label, int requests, double requestsPerSecond, double slowness,
        double runNoise, double failedShare, List<String> tenants, boolean priced) {

    public static RunFixture of(String label) {
        return new RunFixture(label, 300, 5, 1, 0.01, 0, List.of("all"), false);
    }

    public RunFixture requests(int many) {
        return new RunFixture(label, many, requestsPerSecond, slowness, runNoise, failedShare, tenants,
                priced);
    }

    public RunFixture rate(double perSecond) {
        return new RunFixture(label, requests, perSecond, slowness, runNoise, failedShare, tenants, priced);
    }

    public RunFixture slowness(double factor) {
        return new RunFixture(label, requests, requestsPerSecond, factor, runNoise, failedShare, tenants,
                priced);
    }

    public RunFixture runNoise(double std) {
        return new RunFixture(label, requests, requestsPerSecond, slowness, std, failedShare, tenants,
                priced);
    }

    public RunFixture failing(double share) {
        return new RunFixture(label, requests, requestsPerSecond, slowness, runNoise, share, tenants, priced);
    }

    public RunFixture tenants(String... names) {
        return new RunFixture(label, requests, requestsPerSecond, slowness, runNoise, failedShare,
                List.of(names), true);
    }

    public List<RunResult> repeats(long seed, int repeats) {
        List<RunResult> runs = new ArrayList<>();
        for (int i = 0; i < repeats; i++) {
            runs.add(run(seed * 1000 + i));
        }
        return runs;
    }

    public RunResult run(long seed) {
        var random = new SplittableRandom(seed);
        double hour = slowness * Math.exp(runNoise * random.nextGaussian());
        double dueSeconds = 0;
        double load = 0;
        List<RequestRecord> records = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            load = 0.9 * load + 0.12 * random.nextGaussian();
            records.add(record(random, i, (long) (dueSeconds * 1e9), hour * Math.exp(load / 2)));
            dueSeconds += random.nextExponential() / requestsPerSecond;
        }
        records.sort(Comparator.comparingLong(RequestRecord::endNanos));
        long duration = records.getLast().endNanos();
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("num-prompts", requests);
        settings.put("request-rate", requestsPerSecond);
        settings.put("burstiness", 1.0);
        settings.put("dataset-name", "random");
        settings.put("seed", (int) seed);
        return new RunResult(label, "http://127.0.0.1:8000", "pigou-demo",
                Instant.parse("2026-11-24T15:00:00Z").plusSeconds(seed), duration, false, settings, records,
                priced ? prices(random, duration) : List.of(), new HarnessHealth(0.2, 0, 300_000, 2_000_000),
                Optional.empty());
    }

    private RequestRecord record(SplittableRandom random, int session, long dueNanos, double slow) {
        String tenant = tenants.get(random.nextInt(tenants.size()));
        long sent = dueNanos + 50_000 + random.nextInt(200_000);
        if (random.nextDouble() < failedShare) {
            var failure = random.nextBoolean()
                    ? new Failure(Failure.Kind.REFUSED, 429, "the queue is full")
                    : new Failure(Failure.Kind.CONNECTION_LOST, 200, "reset </script> by \"peer\"");
            return new RequestRecord(session, 0, tenant, dueNanos, sent, -1, sent + 3_000_000, new long[0],
                    256, 0, 0, "", OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(1.5),
                    false, Optional.of(failure));
        }
        boolean leaves = failedShare > 0 && random.nextDouble() < 0.02;
        long first = sent + (long) (80e6 * slow * Math.exp(0.3 * random.nextGaussian()));
        long[] gaps = new long[leaves ? 3 : 20 + random.nextInt(80)];
        long end = first;
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (long) (15e6 * slow * Math.exp(0.2 * random.nextGaussian()));
            end += gaps[i];
        }
        OptionalDouble charge = priced ? OptionalDouble.of(0.01 * gaps.length) : OptionalDouble.empty();
        return new RequestRecord(session, 0, tenant, dueNanos, sent, first, end, gaps,
                128 + random.nextInt(256), gaps.length + 1, random.nextInt(100), leaves ? "" : "length",
                charge, charge, OptionalDouble.empty(), leaves, Optional.empty());
    }

    private static List<PriceSample> prices(SplittableRandom random, long durationNanos) {
        List<PriceSample> samples = new ArrayList<>();
        double level = 1;
        for (long nanos = 0; nanos < durationNanos; nanos += 500_000_000) {
            level = Math.max(0.05, level + 0.1 * random.nextGaussian());
            samples.add(new PriceSample(nanos,
                    Map.of("step_micros_per_token", 3 * level, "kv_micros_per_block_second", level)));
        }
        return samples;
    }
}
