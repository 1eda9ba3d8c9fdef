package dev.pigou.bench.served;

import dev.pigou.bench.load.LoadRun;
import dev.pigou.bench.load.StopSignal;
import dev.pigou.bench.load.report.AtomicFile;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.workload.Workload;
import dev.pigou.bench.served.ServedRun.Question;
import dev.pigou.bench.sim.demand.ValueRule;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * All runs of a {@link ServedPlan}, each kept in a file of its own as soon as it is over. What is in the folder is not made
 * again, so that an experiment can be made in several sittings.
 */
public final class ServedExperiment {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration BOOKED_WITHIN = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 50;
    private static final int WARM_CHATS = 1000;
    private static final int WARM_LENGTHY = 60;

    private final ServedSettings settings;
    private final ServedPlan plan;
    private final TwoTenants tenants;
    private final StopSignal stop;
    private final PrintWriter progress;

    public ServedExperiment(ServedSettings settings, ServedPlan plan, TwoTenants tenants, StopSignal stop,
            PrintWriter progress) {
        this.settings = settings;
        this.plan = plan;
        this.tenants = tenants;
        this.stop = stop;
        this.progress = progress;
    }

    /**
     * Makes the runs that are missing, as many as fit into the time.
     *
     * @return how many are still missing
     */
    public int run(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        List<ServedPlan.Entry> missing = missing();
        if (missing.isEmpty()) {
            return 0;
        }
        Map<Rival, ServerProcess> servers = new EnumMap<>(Rival.class);
        try {
            for (Rival rival : plan.rivals()) {
                servers.put(rival, start(rival));
            }
            Capacity capacity = capacity(Objects.requireNonNull(servers.get(plan.rivals().getFirst())));
            Duration longest = Duration.ofMillis((long) (1000 * (arrivalSeconds() + longestPatience())));
            for (ServedPlan.Entry entry : missing) {
                if (System.nanoTime() + longest.toNanos() > deadline || stop.reason().isPresent()) {
                    break;
                }
                ServedRun run = run(entry, Objects.requireNonNull(servers.get(entry.rival())), capacity);
                if (stop.reason().isEmpty()) { // else it was cut short
                    AtomicFile.write(file(entry), out -> JSON.writeValue(out, run));
                }
            }
        } finally {
            servers.values().forEach(ServerProcess::close);
        }
        return missing().size();
    }

    private double longestPatience() {
        return tenants.senders().stream().mapToDouble(Sender::patienceSeconds).max().orElse(0);
    }

    private double arrivalSeconds() { return settings.window().toSeconds() + longestPatience(); }

    private List<ServedPlan.Entry> missing() {
        return plan.entries().stream().filter(entry -> !Files.exists(file(entry))).toList();
    }

    private Path file(ServedPlan.Entry entry) { return settings.folder().resolve(entry.fileName()); }

    /** Starts a server and has it compute some of everything, for the first steps of a JVM are slow. */
    private ServerProcess start(Rival rival) throws InterruptedException {
        var server = ServerProcess.start(new ServerSetup(settings.model(), rival.policy(),
                settings.kvBlocks(), settings.threads(), tenants.keys(), settings.folder()));
        long seed = -1 - System.nanoTime() % (1L << 30); // unlike those of an earlier sitting, which may be cached
        for (Workload workload : List.of(tenants.closed(tenants.chat(), WARM_CHATS, 32, seed),
                tenants.closed(tenants.lengthy(), WARM_LENGTHY, 12, seed))) {
            new LoadRun(server.target(), Capacity.NO_WARMUP, stop).run(workload, _ -> {});
        }
        return server;
    }

    private Capacity capacity(ServerProcess server) throws InterruptedException {
        Path file = settings.folder().resolve("capacity.json");
        if (!Files.exists(file)) {
            Capacity measured = Capacity.measure(server, tenants, stop);
            AtomicFile.write(file, out -> JSON.writeValue(out, measured));
        }
        Capacity capacity = JSON.readValue(file.toFile(), Capacity.class);
        progress.printf(Locale.ROOT, "capacity: %.2f chats or %.3f lengthy requests a second%n",
                capacity.chatPerSecond(), capacity.lengthyPerSecond());
        return capacity;
    }

    private ServedRun run(ServedPlan.Entry entry, ServerProcess server, Capacity capacity)
            throws InterruptedException {
        ValueRule worth = entry.question() == Question.WELFARE
                ? ValueRule.DEFAULT
                : new ValueRule(List.of(new ValueRule.Weight(1, 1)), 1, 0);
        Workload workload = tenants.open(asked(entry.volume(), capacity), worth, entry.workloadSeed());
        ServedRun run = run(entry, server, workload);
        run.tenants().forEach((name, score) -> progress.printf(Locale.ROOT,
                "%s x%d seed %d %-8s %-6s %4d of %4d answered, %3d refused, %3d left, TTFT p50 %6.3f p99 %6.3f s, "
                        + "welfare %.1f of %.1f, charge %.3f%n",
                entry.question(), entry.volume(), entry.seed(), entry.rival(), name, score.answered(),
                score.sent(), score.refused(), score.left(), score.ttftP50Seconds(), score.ttftP99Seconds(),
                score.welfare(), score.offered(), score.charge()));
        run.remarks().forEach(remark -> progress.println("  " + remark));
        progress.flush();
        return run;
    }

    private List<TwoTenants.Asked> asked(int volume, Capacity capacity) {
        List<TwoTenants.Asked> asked = new ArrayList<>();
        asked.add(TwoTenants.Asked.poisson(tenants.chat(), settings.chatLoad() * capacity.chatPerSecond(),
                arrivalSeconds()));
        if (volume > 0) {
            asked.add(TwoTenants.Asked.poisson(tenants.lengthy(),
                    volume * settings.lengthyLoad() * capacity.lengthyPerSecond(), arrivalSeconds()));
        }
        return asked;
    }

    private ServedRun run(ServedPlan.Entry entry, ServerProcess server, Workload workload)
            throws InterruptedException {
        RunResult result = new LoadRun(server.target(), Capacity.NO_WARMUP, stop).run(workload, _ -> {});
        Map<String, TenantScore> scores = new TreeMap<>();
        for (Sender sender : tenants.senders()) {
            TenantScore score = TenantScore.of(sender, workload, result, settings.window());
            if (score.sent() > 0) {
                scores.put(sender.name(), score);
            }
        }
        List<String> remarks = new ArrayList<>();
        result.broken().ifPresent(why -> remarks.add("the run broke off: " + why));
        if (result.harnessWasBottleneck()) {
            remarks.add("the harness was the bottleneck");
        }
        Map<String, LedgerSums> booked = booked(server, result, workload.requests());
        return new ServedRun(entry.question(), entry.rival().policy(), entry.volume(), entry.seed(),
                result.started().toString(), scores, booked, MarketSample.of(result, settings.window()),
                remarks);
    }

    /** Books are written a moment after the answer. */
    private Map<String, LedgerSums> booked(ServerProcess server, RunResult result, int requests)
            throws InterruptedException {
        long deadline = System.nanoTime() + BOOKED_WITHIN.toNanos();
        long began = result.started().toEpochMilli();
        try {
            while (true) {
                int rows = LedgerSums.read(server.setup().ledger(), began, Long.MAX_VALUE).values().stream()
                        .mapToInt(LedgerSums::rows).sum();
                if (rows >= requests || System.nanoTime() > deadline) {
                    Window window = settings.window();
                    return LedgerSums.read(server.setup().ledger(),
                            began + Math.round(1000 * window.fromSeconds()),
                            began + Math.round(1000 * window.toSeconds()));
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(server.setup().ledger() + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    /** The runs of the plan that have been made. */
    public ServedReport report() {
        List<ServedRun> runs = new ArrayList<>();
        for (ServedPlan.Entry entry : plan.entries()) {
            if (Files.exists(file(entry))) {
                runs.add(JSON.readValue(file(entry).toFile(), ServedRun.class));
            }
        }
        return new ServedReport(plan, runs);
    }
}
