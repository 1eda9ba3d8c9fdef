package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.scheduler.Tenant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * T5 in small: random groups of requests are left out; what others gain by that is what the group was charged for. Single
 * requests would show nothing but chaos. Measured here, short of memory, are a slope of 0.83 and a correlation of 0.73, and with
 * twice the memory 1.12 and 0.92.
 */
final class ExternalityTest {
    private static final Tenant GROUP = new Tenant(2, "group", 1);
    private static final int SECONDS = 100;
    private static final int SEEDS = 4;
    private static final int GROUPS = 5;

    private final List<double[]> points = new ArrayList<>();

    private record Mix(int perSecond, double longShare, int kvBlocks) {
        Demand demand(long seed) {
            return Demands.synthetic(SECONDS * perSecond, perSecond, longShare, seed);
        }
    }

    /** A run with the group, as a tenant, and one without. */
    private void leaveOut(long seed, int group, Mix mix) {
        MachineSettings machine = MachineSettings.DEFAULT.withKvBlocks(mix.kvBlocks());
        var random = new SplittableRandom(100 * seed + group);
        List<Request> all = new ArrayList<>();
        List<Request> others = new ArrayList<>();
        for (Request request : mix.demand(seed).requests()) {
            if (random.nextDouble() < 0.02 + 0.03 * group) {
                all.add(Demands.bidding(request, Demands.by(request.bid(), GROUP)));
            } else {
                all.add(request);
                others.add(request);
            }
        }
        PricedRun with = PricedRun.of(Demands.of(all), machine, "known", seed);
        PricedRun without = PricedRun.of(Demands.of(others), machine, "known", seed);
        double gain = without.welfare() - (with.welfare() - with.welfareOf(GROUP.index()));
        points.add(new double[]{with.metered(GROUP.index()), gain});
    }

    @ParameterizedTest
    @CsvSource({"6, 0, 3000", "8, 0, 6000"})
    void whatAGroupIsChargedIsWhatOthersWouldGainWithoutIt(int perSecond, double longShare, int kvBlocks) {
        var mix = new Mix(perSecond, longShare, kvBlocks);
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (int group = 0; group < GROUPS; group++) {
                leaveOut(seed, group, mix);
            }
        }
        double[] charges = points.stream().mapToDouble(point -> point[0]).toArray();
        double[] gains = points.stream().mapToDouble(point -> point[1]).toArray();
        Line line = Line.through(charges, gains);
        String figures = "%s, mean charge %s, mean gain %s, seeds 1 to %d".formatted(line, Line.mean(charges),
                Line.mean(gains), SEEDS);
        assertThat(Arrays.stream(charges).min().orElseThrow()).as(figures).isPositive();
        assertThat(Line.mean(gains)).as(figures).isPositive();
        assertThat(line.correlation()).as(figures).isGreaterThan(0.6);
        assertThat(line.slope()).as(figures).isBetween(0.7, 1.3);
    }
}
