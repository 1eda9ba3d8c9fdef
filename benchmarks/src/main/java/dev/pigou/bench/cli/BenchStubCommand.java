package dev.pigou.bench.cli;

import dev.pigou.bench.load.stub.StubConfig;
import dev.pigou.bench.load.stub.StubFault;
import dev.pigou.bench.load.stub.StubServer;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pigou bench stub}: a server that computes nothing, to check the harness with. */
@Command(name = "stub", description = {"Answer OpenAI's requests with nonsense, at a given pace.",
        "For checking the harness: how much it can take, and whether it sees what goes wrong. Listens on 127.0.0.1 "
                + "only; Ctrl-C ends it."}, mixinStandardHelpOptions = true, sortOptions = false)
final class BenchStubCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8001", description = ""
            + "0 takes any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--first-token-ms", paramLabel = "MS", defaultValue = "20", description = ""
            + "From a request to its first token. Default: ${DEFAULT-VALUE}.")
    private double firstTokenMillis;

    @Option(names = "--token-interval-us", paramLabel = "US", defaultValue = "10000", description = ""
            + "Microseconds between tokens; 0 writes as fast as the client reads. Default: ${DEFAULT-VALUE}.")
    private long tokenIntervalMicros;

    @Option(names = "--tokens", paramLabel = "N", description = ""
            + "Of each answer. Default: what the request allows.")
    private @Nullable Integer tokens;

    @Option(names = "--freeze", paramLabel = "MS", arity = "2", hideParamSyntax = true, description = ""
            + "LENGTH EVERY, both in ms: so long everything stands still, so often, as in a garbage collector's "
            + "pause. Default: never.")
    private List<Long> freeze = new ArrayList<>();

    @Option(names = "--fault", paramLabel = "KIND", defaultValue = "NONE", description = ""
            + "What goes wrong with each answer: ${COMPLETION-CANDIDATES}. Default: none.")
    private StubFault fault = StubFault.NONE;

    @Override
    public Integer call() throws InterruptedException {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        PrintWriter out = line.getOut();
        StubConfig config = Flag.orUsage(line, this::config);
        try (StubServer stub = StubServer.start(config)) {
            out.printf(Locale.ROOT, "Stub on %s; Ctrl-C ends it%n", stub.baseUrl());
            out.flush();
            stub.awaitClose();
        }
        return 0;
    }

    private StubConfig config() {
        Stream.of(firstTokenMillis, tokenIntervalMicros).forEach(time -> {
            if (!(time.doubleValue() >= 0 && time.doubleValue() <= 1e9)) {
                throw new IllegalArgumentException("the stub's times must be at least 0, but one is " + time);
            }
        });
        boolean freezes = !freeze.isEmpty();
        return new StubConfig(port, Duration.ofNanos((long) (firstTokenMillis * 1e6)),
                Duration.ofNanos(tokenIntervalMicros * 1000),
                tokens == null ? OptionalInt.empty() : OptionalInt.of(tokens),
                Duration.ofMillis(freezes ? freeze.get(0) : 0),
                Duration.ofMillis(freezes ? freeze.get(1) : 0), fault);
    }
}
