package dev.pigou.bench.sim.report;

import dev.pigou.bench.sim.Jitter;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.DemandSettings;
import dev.pigou.bench.sim.demand.SyntheticDemand;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class SimulatedRunTest {
    private static final MachineSettings DISTURBED = new MachineSettings(4_500, 16, 64, 2048,
            MachineSettings.DEFAULT.cost(), new Jitter.Settings(0.2, 2, 0.5), 20);

    private static RunReport run(long seed) {
        Demand demand = new SyntheticDemand(1500, 4, 0.03).generate(DemandSettings.DEFAULT.withSeed(seed));
        return new SimulatedRun(new SimulatedRun.Setting(DISTURBED, "fcfs", "lru", "unknown", 1, seed),
                demand).run();
    }

    @Test
    void theSameSeedGivesTheSameReportToTheLastBitAndAnotherDoesNot() {
        String report = ReportJson.text(run(7));
        assertThat(ReportJson.text(run(7))).isEqualTo(report);
        assertThat(ReportJson.text(run(8))).isNotEqualTo(report);
    }

    @Test
    void theReportAddsUpAndHasTheNamesThatToolsLookFor() {
        JsonNode report = JsonMapper.builder().build().readTree(ReportJson.text(run(3)));
        int ended = 0;
        for (String fate : List.of("completed", "refused", "expired")) {
            ended += report.path("requests").path(fate).asInt();
        }
        assertThat(ended).isEqualTo(1500);
        for (String name : List.of("welfare", "preemptions", "recomputed_tokens", "prefix_hit_tokens",
                "prefill_cost_saved")) {
            assertThat(report.path(name).isNumber()).as(name).isTrue();
        }
        for (String name : List.of("prices", "price_flips_per_min", "ledger")) {
            assertThat(report.path(name).isNull()).as(name).isTrue();
        }
        JsonNode chat = report.path("tenants").path("chat");
        for (String name : List.of("completed", "refused", "ttft_p50_s", "ttft_p99_s", "tpot_p50_s",
                "tpot_p99_s")) {
            assertThat(chat.path(name).isNumber()).as(name).isTrue();
        }
        double welfare = chat.path("welfare").asDouble()
                + report.path("tenants").path("long").path("welfare").asDouble();
        assertThat(report.path("welfare").asDouble()).isCloseTo(welfare, within(1e-6)).isPositive();
        assertThat(report.path("prefix_hit_tokens").asLong()).isPositive();
    }

    @Test
    void anIntervalIsStudents() {
        Interval interval = Interval.of(1, 2, 3, 4, 5);
        assertThat(interval.mean()).isEqualTo(3);
        assertThat(interval.halfWidth()).isCloseTo(2.776 * Math.sqrt(2.5 / 5), within(1e-9));
        assertThat(Interval.of(1).halfWidth()).isNaN();
    }

    @Test
    void aPriceIsWeightedByTheTimeItHolds() {
        PriceTrack track = new PriceTrack();
        track.held(0, 2.5);
        track.held(4, 0.5);
        track.held(1, 1.25);
        assertThat(track.summary()).isEqualTo(new PriceReport.Summary(3.25 / 4.25, 4, 2.5 / 4.25));
        assertThat(track.slots()).containsExactly(0.0, 0.0, 2.0, 1.0);
        assertThat(track.flipsPerMinute()).isEqualTo(15); // up, then down, in 4 s
    }
}
