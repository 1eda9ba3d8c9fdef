package dev.pigou.engine.cli;

import dev.pigou.engine.http.HttpConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pigou serve}: loads a model and answers requests until it is told to stop. */
@Command(name = "serve", description = "Serve a model to OpenAI clients.", mixinStandardHelpOptions = true, sortOptions = false, footer = {
        "", "Every option is also a variable (PIGOU_MAX_NUM_SEQS) and a key of the file given with",
        "--config (max-num-seqs = 64, TOML). The command line wins, then the variable, then the file."})
final class ServeCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ModelFlags model = new ModelFlags();

    @Mixin
    private EngineFlags engine = new EngineFlags();

    @Mixin
    private HttpFlags http = new HttpFlags();

    /** Read by {@link LayeredSettings} before the command runs; here for the help text. */
    @Option(names = LayeredSettings.FILE_OPTION, paramLabel = "FILE", description = "Settings in TOML.")
    @SuppressWarnings("UnusedVariable")
    private @Nullable Path settings;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter err = java.util.Objects.requireNonNull(spec).commandLine().getErr();
        HttpConfig httpConfig = http.config();
        var shutdownTimeout = http.shutdownTimeout();
        ModelServer server = ModelServer.start(model, engine.config(), httpConfig,
                new ProgressLine(err, "Loading " + model.names().getFirst()));
        Runtime.getRuntime().addShutdownHook(
                Thread.ofPlatform().name("shutdown").unstarted(() -> server.shutDown(shutdownTimeout)));
        err.println(readyLine(server));
        server.awaitShutdown();
        return 0;
    }

    private static String readyLine(ModelServer server) {
        String url = "http://" + server.address().getHostString() + ":" + server.address().getPort();
        return String.format(Locale.ROOT,
                "Ready on %s: %s on %s in %s, %d KV blocks of %d tokens, context %d.%n"
                        + "Try: curl %s/v1/chat/completions -H 'Content-Type: application/json' \\%n"
                        + "  -d '{\"messages\": [{\"role\": \"user\", \"content\": \"What is 17 + 25?\"}]}'",
                url, server.modelName(), server.deviceName(), server.dtype().torchName(),
                server.pool().blocks(),
                server.blockSize(), server.pool().maxModelLen(), url);
    }
}
