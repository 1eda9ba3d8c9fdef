package dev.pigou.bench.load;

import dev.pigou.bench.load.client.LoadClient;
import dev.pigou.bench.load.client.ServerQuestions;
import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunProgress;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.workload.ClientBehaviour;
import dev.pigou.bench.load.workload.Session;
import dev.pigou.bench.load.workload.Turn;
import dev.pigou.bench.load.workload.Workload;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** One workload against one server. The thread that calls sends the requests and returns when all have been answered. */
public final class LoadRun {
    private static final int WARMUP_CONCURRENCY = 8;
    /** Equal fields are equal text, however they were ordered. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

    private final Target target;
    private final RunOptions options;
    private final StopSignal stop;

    /**
     * Asks the server for its model if none is given.
     *
     * @throws IllegalArgumentException if it names none
     */
    public LoadRun(Target target, RunOptions options, StopSignal stop) throws InterruptedException {
        this.target = ServerQuestions.withModel(target);
        this.options = options;
        this.stop = stop;
    }

    /**
     * Runs it. Whatever the server does there is a result; what it did wrong is in there.
     *
     * @param observer called about twice a second on a thread of its own
     * @throws IllegalArgumentException if the workload is one that cannot be sent to this target
     */
    public RunResult run(Workload workload, Consumer<RunProgress> observer) throws InterruptedException {
        try (LoadClient client = LoadClient.open(target, options.eventLoops());
                var questions = new ServerQuestions(target)) {
            Optional<String> failure = warmUp(client, workload);
            return measure(client, questions, failure.isPresent() ? none(workload) : workload, failure,
                    observer);
        }
    }

    /** Says what went wrong, if none was answered and the server has no right to that. */
    private Optional<String> warmUp(LoadClient client, Workload workload) throws InterruptedException {
        if (options.warmups() == 0 || workload.sessions().isEmpty()) {
            return Optional.empty();
        }
        Session first = workload.sessions().getFirst();
        Turn turn = first.turns().getFirst();
        List<Turn> turns = List.of(new Turn(0, turn.prompt(), turn.outputTokens(), ClientBehaviour.PATIENT));
        List<Session> sessions = IntStream.range(0, options.warmups())
                .mapToObj(index -> new Session(index, 0, first.tenant(), turns)).toList();
        var warmup = new Workload(sessions, OptionalInt.of(WARMUP_CONCURRENCY), Map.of());
        try (var pass = new Pass(client, target, warmup, options.maxConcurrency(), stop)) {
            Optional<String> broken = pass.run();
            List<RequestRecord> records = pass.log().records();
            boolean useless = !records.isEmpty() && records.stream().allMatch(
                    record -> record.failure().filter(why -> why.kind() != Failure.Kind.REFUSED).isPresent());
            return broken.or(() -> useless
                    ? records.getLast().failure()
                            .map(why -> "not one request of the warm-up was answered: " + why.detail())
                    : Optional.empty());
        }
    }

    private static Workload none(Workload workload) {
        return new Workload(List.of(), workload.concurrency(), workload.settings());
    }

    private RunResult measure(LoadClient client, ServerQuestions questions, Workload workload,
            Optional<String> failure, Consumer<RunProgress> observer) throws InterruptedException {
        try (var pass = new Pass(client, target, workload, options.maxConcurrency(), stop)) {
            Instant started = Instant.now();
            var prices = new PricePoll(questions, pass.clock());
            Optional<String> broken;
            try (var _ = new Monitor(pass, client, prices, observer)) {
                broken = failure.or(pass::run);
            }
            double busiest = pass.busiestShare();
            List<RequestRecord> records = pass.log().records();
            return new RunResult(target.label(), target.baseUrl().toString(), target.model().orElseThrow(),
                    started, durationNanos(records), workload.concurrency().isPresent(), settings(workload),
                    records, prices.samples(), pass.log().health(busiest), broken);
        }
    }

    private static long durationNanos(List<RequestRecord> records) {
        long first = records.stream().mapToLong(RequestRecord::intendedNanos).min().orElse(0);
        long last = records.stream().mapToLong(RequestRecord::endNanos).max().orElse(0);
        return last - first;
    }

    private Map<String, Object> settings(Workload workload) {
        Map<String, Object> settings = new HashMap<>(workload.settings());
        settings.put("backend", target.api().backend());
        settings.put("endpoint", target.endpoint());
        settings.put("num-warmups", options.warmups());
        settings.put("event-loops", options.eventLoops());
        options.maxConcurrency().ifPresent(most -> settings.put("max-concurrency", most));
        target.ignoreEos().ifPresent(ignore -> settings.put("ignore-eos", ignore));
        target.temperature().ifPresent(temperature -> settings.put("temperature", temperature));
        if (!target.extraBody().isEmpty()) {
            settings.put("extra-body", JSON.writeValueAsString(target.extraBody()));
        }
        return settings;
    }
}
