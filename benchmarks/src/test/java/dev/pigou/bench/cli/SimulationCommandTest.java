package dev.pigou.bench.cli;

import dev.pigou.engine.ops.StepCostFile;
import dev.pigou.scheduler.estimate.StepCost;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

final class SimulationCommandTest {
    private static final String TRAFFIC = "--synthetic=requests=300,rate=6,long=0.02";

    @TempDir
    private Path folder = Path.of("");

    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err, true), arguments);
    }

    private JsonNode report(String name) throws IOException {
        return JsonMapper.builder().build().readTree(Files.readString(folder.resolve(name)));
    }

    @Test
    void aRunIsWorthNoMoreThanHindsightSays() throws IOException {
        String run = folder.resolve("run.json").toString();
        String bound = folder.resolve("bound.json").toString();
        assertThat(run("simulate", TRAFFIC, "--seed=3", "--load=1.5", "--json=" + run)).isZero();
        String horizon = "--horizon=" + report("run.json").path("ended_seconds").asDouble();
        assertThat(run("hindsight", TRAFFIC, "--seed=3", "--load=1.5", "--json=" + bound, horizon,
                "--form=preemptive,paced", "--steps=100")).isZero();
        JsonNode preemptive = report("bound.json").path("bounds").path("preemptive");
        assertThat(report("bound.json").path("offered").asDouble())
                .isGreaterThan(preemptive.path("bound").asDouble());
        assertThat(report("run.json").path("welfare").asDouble()).isPositive()
                .isLessThan(preemptive.path("bound").asDouble());
        assertThat(preemptive.path("step_time_prices").size()).isPositive();
    }

    @Test
    void severalSeedsGiveMeansAndEachRun() throws IOException {
        String json = folder.resolve("runs.json").toString();
        assertThat(run("simulate", TRAFFIC, "--seeds=1..3", "--json", json)).isZero();
        JsonNode report = report("runs.json");
        assertThat(report.path("runs").size()).isEqualTo(3);
        assertThat(report.path("summary").path("welfare").path("half_width").asDouble()).isPositive();
    }

    /** The default machine, by way of a file. */
    @Test
    void aCostFileOfAServerIsReadToTheLastBit() throws IOException {
        Path cost = folder.resolve("cost.json");
        StepCostFile.write(cost, StepCost.llama70bOnH100(16));
        assertThat(run("simulate", TRAFFIC, "--json=" + folder.resolve("default.json"))).isZero();
        assertThat(run("simulate", TRAFFIC, "--cost=" + cost, "--json=" + folder.resolve("file.json")))
                .isZero();
        assertThat(report("file.json")).isEqualTo(report("default.json"));
    }

    /** Who reads these reports looks for these names. */
    @Test
    void aReportHasTheNamesThatToolsLookFor() throws IOException {
        String json = folder.resolve("run.json").toString();
        assertThat(run("simulate", TRAFFIC, "--load=2", "--retry", "--json", json)).isZero();
        JsonNode report = report("run.json");
        assertThat(report.path("policy").asString()).isEqualTo("price");
        assertThat(report.path("retention").asString()).isEqualTo("price");
        for (String name : List.of("welfare", "requests/completed", "requests/refused", "requests/expired",
                "tenants/chat/completed", "tenants/chat/refused", "tenants/chat/ttft_p50_s",
                "tenants/chat/ttft_p99_s", "tenants/chat/tpot_p50_s", "tenants/chat/tpot_p99_s",
                "preemptions", "recomputed_tokens", "prefix_hit_tokens", "prefill_cost_saved",
                "price_flips_per_min", "ledger/charged", "ledger/price_times_quantity", "retries/sent",
                "retries/admitted", "quotes/answered", "quotes/within_q95")) {
            assertThat(report.at("/" + name).isNumber()).as(name).isTrue();
        }
        for (String price : List.of("kv_waiting", "kv_cache", "prefill", "decode")) {
            for (String figure : List.of("mean", "max", "zero_share")) {
                assertThat(report.at("/prices/" + price + "/" + figure).isNumber()).as(price).isTrue();
            }
        }
        assertThat(report.at("/ledger/charged")).isEqualTo(report.at("/ledger/price_times_quantity"));
        int ended = 0;
        for (String fate : List.of("completed", "refused", "expired")) {
            ended += report.path("requests").path(fate).asInt();
        }
        assertThat(ended).as("each request ends once, however often it is sent").isEqualTo(300);
    }

    @Test
    void anEmptyWalletBuysNothingAndOthersDoNotNotice() throws IOException {
        String json = folder.resolve("run.json").toString();
        assertThat(run("simulate", TRAFFIC, "--load=3", "--tenant=long=0:0", "--json", json)).isZero();
        JsonNode poor = report("run.json").at("/tenants/long");
        assertThat(run("simulate", TRAFFIC, "--load=3", "--tenant=long=100:100:0.2", "--json", json))
                .isZero();
        JsonNode rich = report("run.json").at("/tenants/long");
        assertThat(poor.path("completed").asInt()).isLessThan(rich.path("completed").asInt());
    }

    @Test
    void retentionIsThatOfTheServerBesideEachSchedulingPolicy() throws IOException {
        String json = folder.resolve("run.json").toString();
        assertThat(run("simulate", TRAFFIC, "--scheduling-policy=fcfs", "--json", json)).isZero();
        assertThat(report("run.json").path("retention").asString()).isEqualTo("lru");
        assertThat(report("run.json").path("quotes").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--scheduling-policy=magic|no scheduling policy 'magic'; there are",
            "--retention=magic|no retention policy 'magic'; there are",
            "--lengths=noisy:x|--lengths must be known", "--load=0|--load must be above 0",
            "--kv-blocks=0|--kv-blocks", "--seeds=5..1|--seed must be a number or",
            "--cost=/absent|/absent cannot be read", "--weights=1|1:0.6,3:0.3,10:0.1",
            "--step-noise=-1|noise must be in 0 to 3", "--duration=0.0001|leaves no request",
            "--tenant=nobody=1:1|there is no tenant 'nobody' in this traffic; there are chat, long",
            "--json=/absent/out.json|cannot write /absent/out.json"})
    void badInputIsOneLine(String flag, String wrong) {
        assertThat(run("simulate", TRAFFIC, flag)).isEqualTo(1);
        assertThat(err.toString().lines().filter(line -> line.startsWith("pigou: "))).singleElement()
                .asString().contains(wrong);
    }

    @Test
    void aRunNeedsTraffic() {
        assertThat(run("simulate")).isEqualTo(2);
        assertThat(run("hindsight", TRAFFIC, "--trace=x")).isEqualTo(2);
        assertThat(err.toString()).contains("--trace", "Try 'pigou hindsight --help'");
        assertThat(run("simulate", TRAFFIC, "--tenant=chat=1")).isEqualTo(2);
        assertThat(run("cache-study")).isEqualTo(2);
        assertThat(err.toString()).contains("'chat=1' must be NAME=REFILL:CAP",
                "Try 'pigou cache-study --help'");
    }
}
