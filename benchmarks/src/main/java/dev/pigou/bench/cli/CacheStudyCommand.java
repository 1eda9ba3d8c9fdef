package dev.pigou.bench.cli;

import dev.pigou.bench.cache.CachePolicy;
import dev.pigou.bench.cache.CacheStudy;
import dev.pigou.bench.cache.PromptHistory;
import dev.pigou.bench.trace.TraceFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pigou cache-study}: compares what retention policies make of a recorded prompt history. */
@Command(name = "cache-study", mixinStandardHelpOptions = true, description = "Replays a trace through the prefix cache "
        + "under each retention policy, and under one that knows the future.")
final class CacheStudyCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--trace", required = true, paramLabel = "FILE", description = "JSON lines with hash_ids, as "
            + "Mooncake's public traces.")
    private Path trace = Path.of("");

    @Option(names = "--blocks-share", split = ",", paramLabel = "X", defaultValue = "0.01,0.03,0.1,0.3", description = ""
            + "Sizes of the cache, as shares of the trace's distinct blocks. Default: ${DEFAULT-VALUE}.")
    private List<Double> shares = List.of();

    @Option(names = "--policies", split = ",", paramLabel = "NAME", defaultValue = "lru,slru,tlru,gdsf,price,belady", description = ""
            + "Any of ${COMPLETION-CANDIDATES}; the first is what the others are compared with. Default: all.")
    private List<CachePolicy> policies = List.of();

    @Override
    public Integer call() {
        for (double share : shares) {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException(
                        "--blocks-share must be above 0 and at most 1, but is " + share);
            }
        }
        var history = new PromptHistory(TraceFile.read(trace));
        new CacheStudy(history, policies).write(shares, Objects.requireNonNull(spec).commandLine().getOut());
        return ExitCode.OK;
    }
}
