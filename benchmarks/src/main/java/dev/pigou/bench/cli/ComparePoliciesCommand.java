package dev.pigou.bench.cli;

import dev.pigou.bench.load.Interruption;
import dev.pigou.bench.load.StopSignal;
import dev.pigou.bench.load.report.AtomicFile;
import dev.pigou.bench.load.workload.LengthRange;
import dev.pigou.bench.served.Rival;
import dev.pigou.bench.served.Sender;
import dev.pigou.bench.served.ServedExperiment;
import dev.pigou.bench.served.ServedPlan;
import dev.pigou.bench.served.ServedReport;
import dev.pigou.bench.served.ServedSettings;
import dev.pigou.bench.served.TwoTenants;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.SynthModel;
import dev.pigou.engine.model.SynthPreset;
import dev.pigou.engine.model.SynthSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pigou compare-policies}: isolation and welfare on real servers, one for each policy. */
@Command(name = "compare-policies", description = {
        "Start a server for each scheduling policy and measure what a tenant with long contexts does to one that chats.",
        "Results are kept in DIR; the same command goes on where it stopped, and ends with the tables and the picture."}, mixinStandardHelpOptions = true, sortOptions = false, hidden = true)
final class ComparePoliciesCommand implements Callable<Integer> {
    private static final int EXIT_UNFINISHED = 3;
    private static final long MODEL_SEED = 1234;
    private static final int CONTEXT = 8192;
    /** Anybody may know them: the servers listen to this machine only, and end with this command. */
    private static final Map<String, String> KEYS = Map.of("chat", "key-of-chat", "long", "key-of-long");

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "policies-out", description = ""
            + "Results, configuration, logs and ledgers. Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("");

    @Option(names = "--model", paramLabel = "DIR", description = "Default: a random one of 0.9 M parameters, "
            + "written to --out.")
    private @Nullable Path model;

    @Option(names = "--kv-blocks", paramLabel = "N", defaultValue = "512", description = ""
            + "KV cache of each server, in blocks of 16 tokens. Default: ${DEFAULT-VALUE}.")
    private int kvBlocks;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "Of each server's kernels; leave "
            + "the load some. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--chat", paramLabel = "PROMPT:ANSWER", defaultValue = "64:32", description = ""
            + "Mean lengths of a chat, in tokens. Default: ${DEFAULT-VALUE}.")
    private String chat = "";

    @Option(names = "--long", paramLabel = "PROMPT:ANSWER", defaultValue = "1536:256", description = ""
            + "The same of the other tenant. Default: ${DEFAULT-VALUE}.")
    private String lengthy = "";

    @Option(names = "--chat-load", paramLabel = "SHARE", defaultValue = "0.35", description = ""
            + "Of what a server could answer of chats alone. Default: ${DEFAULT-VALUE}.")
    private double chatLoad;

    @Option(names = "--long-load", paramLabel = "SHARE", defaultValue = "0.3", description = ""
            + "The same of the other tenant, at onefold volume. Default: ${DEFAULT-VALUE}.")
    private double lengthyLoad;

    @Option(names = "--patience", paramLabel = "SECONDS", defaultValue = "15", description = ""
            + "To the first token: by then an answer is worth nothing. Default: ${DEFAULT-VALUE}.")
    private double patience;

    @Option(names = "--seconds", paramLabel = "SECONDS", defaultValue = "24", description = ""
            + "For which requests come that count in each run; before them 5 s warm it up, and after them others come for as long "
            + "as anybody is patient. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(names = "--volumes", paramLabel = "N,...", split = ",", defaultValue = "0,1,2,4", description = ""
            + "Of the tenant with long contexts. Default: ${DEFAULT-VALUE}.")
    private List<Integer> volumes = List.of();

    @Option(names = "--welfare-volume", paramLabel = "N", defaultValue = "2", description = ""
            + "The same where answers are worth 1, 3 or 10. Default: ${DEFAULT-VALUE}.")
    private int welfareVolume;

    @Option(names = "--policies", paramLabel = "NAME,...", split = ",", defaultValue = "fcfs,vtc,density,price", description = ""
            + "Default: ${DEFAULT-VALUE}.")
    private List<Rival> rivals = List.of();

    @Option(names = "--seed", paramLabel = "N or N..N", defaultValue = "1..3", description = ""
            + "One repetition each. Default: ${DEFAULT-VALUE}.")
    private String seeds = "";

    @Option(names = "--at-most", paramLabel = "SECONDS", defaultValue = "86400", description = ""
            + "Begin no run that would not end by then. Default: a day.")
    private long atMostSeconds;

    @Override
    public Integer call() throws InterruptedException {
        var line = Objects.requireNonNull(spec).commandLine();
        Sender chats = sender("chat", "--chat", chat);
        Sender others = sender("long", "--long", lengthy);
        var plan = new ServedPlan(rivals, volumes, welfareVolume,
                SeedRange.parse(seeds).seeds().boxed().toList());
        Path served = model == null ? out.resolve("model") : model;
        var settings = new ServedSettings(out, served, kvBlocks, threads, chatLoad, lengthyLoad, seconds);
        writeWhatIsMissing(served);
        var stop = new StopSignal();
        var experiment = new ServedExperiment(settings, plan,
                new TwoTenants(chats, others, KEYS, vocabSize(served)), stop, line.getErr());
        int missing;
        try (var _ = new Interruption(stop)) {
            missing = experiment.run(Duration.ofSeconds(atMostSeconds));
        }
        ServedReport report = experiment.report();
        write(out.resolve("policies.md"), report.markdown());
        write(out.resolve("isolation-server.svg"), report.picture());
        line.getOut().print(report.markdown());
        line.getOut().flush();
        if (missing > 0) {
            line.getErr()
                    .println("pigou: " + missing + " runs are still to be made; give the same command again");
            return EXIT_UNFINISHED;
        }
        return 0;
    }

    private static int vocabSize(Path served) {
        try (ModelFolder opened = ModelFolder.open(served)) {
            return opened.config().vocabSize();
        }
    }

    private Sender sender(String name, String flag, String lengths) {
        String[] pair = lengths.split(":", -1);
        try {
            int prompt = Integer.parseInt(pair[0]);
            int answer = Integer.parseInt(pair[pair.length - 1]);
            if (pair.length == 2 && prompt >= 2 && answer >= 2) {
                return new Sender(name, new LengthRange(prompt, 0.5), new LengthRange(answer, 0.5), patience);
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(
                flag + " must be two numbers of at least 2, as 64:32, but is '" + lengths + "'");
    }

    private void writeWhatIsMissing(Path served) {
        try {
            Files.createDirectories(out);
            if (model == null && !Files.exists(served.resolve("config.json"))) {
                Path part = out.resolve("model.part");
                SynthModel.write(new SynthSpec(
                        SynthPreset.TINY.config().toBuilder().maxPositionEmbeddings(CONTEXT).build(),
                        ModelDtype.BFLOAT16, 1, MODEL_SEED), part);
                Files.move(part, served); // whole or not at all
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("--out " + out + " cannot be written: " + AtomicFile.reason(e),
                    e);
        }
    }

    private static void write(Path file, String text) {
        AtomicFile.write(file, stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
