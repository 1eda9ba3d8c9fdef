package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.cost.CountedBenchmark;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Code that a system property of the fork makes dearer, as a commit would. */
@Warmup(iterations = 12, time = 20, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 20, timeUnit = TimeUnit.MILLISECONDS)
public class PlantedBenchmark extends CountedBenchmark {
    static final String PLANT = "pigou.planted";

    /** What is wrong with the code. */
    enum Plant {
        NOTHING, TWENTY_PERCENT_MORE_WORK, ONE_MORE_OBJECT
    }

    private static final int WORK = 1000;
    private static final Plant PLANTED = Plant.valueOf(System.getProperty(PLANT, Plant.NOTHING.name()));

    private int seed = 1;

    @Benchmark
    public int work(Blackhole blackhole) {
        int steps = PLANTED == Plant.TWENTY_PERCENT_MORE_WORK ? WORK * 12 / 10 : WORK;
        int x = seed;
        for (int i = 0; i < steps; i++) {
            x = (x ^ x >>> 15) * 0x9E3779B1 + i;
        }
        if (PLANTED == Plant.ONE_MORE_OBJECT) {
            blackhole.consume(new Object());
        }
        seed = x;
        return x;
    }
}
