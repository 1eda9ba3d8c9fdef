package dev.pigou.bench.cli;

import dev.pigou.bench.peer.PeerTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pigou peer-table}: what {@code benchmarks/compare-peers} makes its table with. */
@Command(name = "peer-table", description = "Print results of several servers and scenarios as one Markdown table.", mixinStandardHelpOptions = true, hidden = true)
final class PeerTableCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Results, named SCENARIO.json or SCENARIO.SERVER.json.")
    private List<Path> files = List.of();

    @Override
    public Integer call() {
        Objects.requireNonNull(spec).commandLine().getOut().print(PeerTable.of(files));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
