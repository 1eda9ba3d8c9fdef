package dev.pigou.engine.cli;

import dev.pigou.engine.EngineConfig;
import dev.pigou.engine.http.HttpConfig;
import dev.pigou.engine.openai.ServiceTiers;
import dev.pigou.engine.tenant.ApiKeys;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pigou serve}: loads a model and answers requests until it is told to stop. */
@Command(name = "serve", description = "Serve a model to OpenAI clients.", mixinStandardHelpOptions = true, sortOptions = false, footer = {
        "", "Every option is also a variable (PIGOU_MAX_NUM_SEQS) and a key of the file given with",
        "--config (max-num-seqs = 64, TOML). The command line wins, then the variable, then the file."})
final class ServeCommand implements Callable<Integer> {
    /** How long a server whose engine is dead says so. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Mixin
    private EngineFlags engine = new EngineFlags();

    @Mixin
    private BidFlags bids = new BidFlags();

    @Mixin
    private HttpFlags http = new HttpFlags();

    @Option(names = "--ledger", paramLabel = "FILE", description = ""
            + "Keep books: one row for each answer, in SQLite. Default: none are kept.")
    private @Nullable Path ledger;

    @Option(names = "--step-cost", paramLabel = "FILE", description = ""
            + "Write what steps take, for 'pigou simulate --cost': as timed when the server starts, and as learned from its "
            + "work when it stops.")
    private @Nullable Path stepCost;

    /** Read by {@link LayeredSettings} before the command runs; here for the help text. */
    @Option(names = LayeredSettings.FILE_OPTION, paramLabel = "FILE", description = "Settings in TOML.")
    @SuppressWarnings("UnusedVariable")
    private @Nullable Path settings;

    @Override
    public Integer call() throws InterruptedException {
        Duration shutdownTimeout = http.shutdownTimeout();
        ModelServer server = start();
        Runtime.getRuntime().addShutdownHook(
                Thread.ofPlatform().name("shutdown").unstarted(() -> server.shutDown(shutdownTimeout)));
        err().println(readyLine(server, httpConfig().keys().areRequired()));
        return untilTheEnd(server, LAST_WORDS, shutdownTimeout, err());
    }

    /**
     * A process whose device is lost is of no more use, and ends with an error, so that whoever watches it starts another. Before
     * that it answers a little longer: clients and probes are to hear why.
     *
     * @return the exit code
     */
    static int untilTheEnd(ModelServer server, Duration lastWords, Duration shutdownTimeout, PrintWriter err)
            throws InterruptedException {
        Optional<String> broken = server.awaitEnd();
        if (broken.isEmpty()) {
            return ExitCode.OK;
        }
        err.println("pigou: the engine is dead, the server ends: " + broken.get());
        Thread.sleep(lastWords);
        server.shutDown(shutdownTimeout);
        return ExitCode.SOFTWARE;
    }

    EngineConfig engineConfig() { return engine.config(); }

    private HttpConfig httpConfig() {
        ApiKeys tenants = Objects.requireNonNull(spec).commandLine()
                .getDefaultValueProvider() instanceof LayeredSettings settings
                        ? settings.tenants()
                        : ApiKeys.NONE;
        return http.config(tenants);
    }

    /** Loads the model and listens, as the flags say. */
    ModelServer start() {
        ServiceTiers tiers = bids.serviceTiers();
        var progress = new ProgressLine(err(), "Loading " + model.names().getFirst());
        try {
            return ModelServer.start(model, engineConfig(), httpConfig(), tiers,
                    new ServerFiles(Optional.ofNullable(ledger), Optional.ofNullable(stepCost)), progress);
        } catch (RuntimeException e) {
            progress.breakOff();
            throw e;
        }
    }

    private PrintWriter err() { return Objects.requireNonNull(spec).commandLine().getErr(); }

    private static String readyLine(ModelServer server, boolean guarded) {
        String url = url(server.address());
        return String.format(Locale.ROOT,
                "Ready on %s: %s on %s in %s, %d KV blocks of %d tokens, context %d.%nKernels: %s.%n"
                        + "Try: curl %s/v1/chat/completions -H 'Content-Type: application/json' \\%n"
                        + (guarded ? "  -H 'Authorization: Bearer YOUR_API_KEY' \\%n" : "")
                        + "  -d '{\"messages\": [{\"role\": \"user\", \"content\": \"What is 17 + 25?\"}]}'",
                url, server.modelName(), server.backend().device().name(), server.backend().numbers(),
                server.pool().blocks(), server.blockSize(), server.pool().maxModelLen(),
                server.backend().kernels(), url);
    }

    /** Where a client on this machine finds the server. */
    static String url(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        String name = host.isAnyLocalAddress() ? "localhost" : host.getHostAddress();
        return "http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + address.getPort();
    }
}
