package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.Dataset;
import dev.pigou.bench.load.workload.Session;
import dev.pigou.bench.load.workload.SessionPlan;
import dev.pigou.bench.load.workload.Workload;
import dev.pigou.bench.trace.Trace;
import dev.pigou.bench.trace.TraceFile;
import dev.pigou.engine.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Flags that say what is sent and when; names as {@code vllm bench serve} has them where it has one. */
final class WorkloadFlags {
    private static final int DEFAULT_NUM_PROMPTS = 1000;
    /** Eleven days: more is a slip of the pen. */
    private static final int MOST_SECONDS = 1_000_000;

    @Spec(Spec.Target.SELF)
    private @Nullable CommandSpec flags;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--dataset-name", paramLabel = "NAME", defaultValue = "random", converter = DatasetName.Converter.class, description = ""
            + "random (made-up prompts), sharegpt-json (recorded conversations) or trace (recorded times and lengths). "
            + "Default: ${DEFAULT-VALUE}.")
    private DatasetName dataset = DatasetName.RANDOM;

    @Option(names = "--dataset-path", paramLabel = "FILE", description = "The file of sharegpt-json or of a "
            + "trace: Mooncake's JSON lines, Azure's CSV, or a CSV of arrival_s,tenant,input_tokens,output_tokens.")
    private @Nullable Path path;

    @Option(names = "--num-prompts", paramLabel = "N", description = "Requests to send (conversations, with "
            + "--turns). Default: 1000; of a trace all; with --rate-steps as many as come.")
    private @Nullable Integer numPrompts;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = ""
            + "Of everything that is left to chance: the same seed, the same workload. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private ArrivalFlags arrivals = new ArrivalFlags();

    @Mixin
    private RandomFlags random = new RandomFlags();

    @Mixin
    private ReplayFlags replay = new ReplayFlags();

    @Mixin
    private PromptFlags prompts = new PromptFlags();

    @Mixin
    private ClientFlags clients = new ClientFlags();

    @Mixin
    private TenantFlags tenants = new TenantFlags();

    /**
     * Draws the workload of one repeat: that of {@code --seed} plus its number.
     *
     * @param repeat from 0
     * @param endpointTakesTokens whether a prompt may be a list of token ids, as at {@code /v1/completions}
     * @throws IllegalArgumentException in one line that names the flag, or the file and its line
     */
    Workload workload(boolean endpointTakesTokens, int repeat) {
        long repeatSeed = seed + repeat;
        refuseForeignFlags();
        int atMost = atMost();
        int turns = clients.turns(dataset);
        OptionalInt concurrency = arrivals.concurrency();
        PromptFlags.Form form = prompts.form(endpointTakesTokens, dataset, turns);
        Map<String, Object> settings = settings(form);
        Optional<Trace> trace = trace(settings, repeatSeed);
        var plan = new SessionPlan(arrivals.arrivals(trace), dataset(trace, form, turns, atMost, repeatSeed),
                tenants.mix(trace), clients.mix(), clients.thinkSeconds(), repeatSeed);
        requireEnough(plan.dataset());
        List<Session> sessions = plan.sessions(atMost);
        Flag.require(!sessions.isEmpty(), "--rate-steps", "0 requests with this --seed",
                "long enough for at least one");
        Flag.require(sessions.getLast().arrivalSeconds() <= MOST_SECONDS, "--request-rate",
                String.valueOf(settings.get("request-rate")),
                "such that all is sent within " + MOST_SECONDS + " s");
        settings.put("num-prompts", sessions.size());
        return new Workload(sessions, concurrency, settings);
    }

    /** What is to be said of flags that were given and do nothing. */
    Optional<String> note() {
        return arrivals.note();
    }

    private Optional<Trace> trace(Map<String, Object> settings, long repeatSeed) {
        if (dataset != DatasetName.TRACE) {
            return Optional.empty();
        }
        Trace recorded = TraceFile.read(file());
        double jitterSeconds = arrivals.jitterSeconds(recorded);
        settings.put("trace-jitter", jitterSeconds);
        return Optional.of(recorded.spread(jitterSeconds, repeatSeed));
    }

    private Dataset dataset(Optional<Trace> trace, PromptFlags.Form form, int turns, int atMost,
            long repeatSeed) {
        Optional<Tokenizer> tokenizer = prompts.openTokenizer();
        try {
            return switch (dataset) {
                case RANDOM -> random.dataset(prompts.style(form, tokenizer), turns, repeatSeed);
                case TRACE -> replay.trace(trace.orElseThrow(), prompts.style(form, tokenizer), repeatSeed);
                case SHAREGPT_JSON ->
                    replay.shareGpt(file(), turns, atMost, PromptFlags.counter(tokenizer), repeatSeed);
            };
        } finally {
            tokenizer.ifPresent(Tokenizer::close);
        }
    }

    private int atMost() {
        if (numPrompts != null) {
            Flag.require(numPrompts >= 1 && numPrompts <= SessionPlan.MOST_SESSIONS, "--num-prompts",
                    numPrompts, "from 1 to " + SessionPlan.MOST_SESSIONS);
            return numPrompts;
        }
        return dataset == DatasetName.TRACE || arrivals.isStepped()
                ? SessionPlan.MOST_SESSIONS
                : DEFAULT_NUM_PROMPTS;
    }

    /** Fewer than were asked for would go unnoticed. */
    private void requireEnough(Dataset found) {
        int most = found.sessions().orElse(Integer.MAX_VALUE);
        Flag.require(numPrompts == null || numPrompts <= most, "--num-prompts", String.valueOf(numPrompts),
                "at most " + most + ", for " + path + " has no more that fit");
    }

    private Path file() {
        if (path == null) {
            throw new IllegalArgumentException(
                    "--dataset-name " + dataset + " needs the file to read: --dataset-path FILE");
        }
        return path;
    }

    private void refuseForeignFlags() {
        for (OptionSpec option : Objects.requireNonNull(flags).options()) {
            String flag = option.names()[0];
            if (isGiven(flag) && dataset.isForeign(flag)) {
                throw new IllegalArgumentException(flag + " has no meaning for --dataset-name " + dataset);
            }
        }
        Flag.need(dataset != DatasetName.RANDOM || path == null, "--dataset-path",
                "--dataset-name trace or sharegpt-json");
    }

    private boolean isGiven(String flag) {
        return Objects.requireNonNull(command).commandLine().getParseResult().hasMatchedOption(flag);
    }

    /** All flags with a value that has a meaning, given or not. */
    private Map<String, Object> settings(PromptFlags.Form form) {
        Map<String, Object> settings = WorkloadSettings.of(Objects.requireNonNull(flags).options().stream()
                .filter(option -> !dataset.isForeign(option.names()[0])).toList());
        settings.put("prompt-as", form.toString());
        return settings;
    }
}
