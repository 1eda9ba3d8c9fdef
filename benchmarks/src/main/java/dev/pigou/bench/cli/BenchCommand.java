package dev.pigou.bench.cli;

import dev.pigou.bench.load.Interruption;
import dev.pigou.bench.load.LoadComparison;
import dev.pigou.bench.load.RunObserver;
import dev.pigou.bench.load.StopSignal;
import dev.pigou.bench.load.client.Api;
import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.workload.Workload;
import dev.pigou.engine.model.ModelFolderException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code pigou bench}: puts a load on OpenAI-compatible servers and says what their users would see. */
@Command(name = "bench", description = {"Measure OpenAI-compatible servers under load.",
        "By default an open loop: requests are sent when they are due, whether or not earlier ones were answered, and "
                + "latencies count from then."}, subcommands = {CompareCommand.class, BenchStubCommand.class,
                        CommandLine.HelpCommand.class}, modelTransformer = VllmFlags.class, mixinStandardHelpOptions = true, sortOptions = false, synopsisSubcommandLabel = "[COMMAND]", footer = {
                                "",
                                "Exit code: 0 if it was measured; 1 if a server was not there, a run broke off, or "
                                        + "not one request was answered (what was measured until then is reported all "
                                        + "the same); 2 if a flag, or a file that one names, cannot be used, and so "
                                        + "nothing was sent."})
final class BenchCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private TargetFlags targets = new TargetFlags();

    @Mixin
    private RunFlags run = new RunFlags();

    @Mixin
    private WorkloadFlags workload = new WorkloadFlags();

    @Mixin
    private ReportFlags report = new ReportFlags();

    @Override
    public Integer call() throws InterruptedException {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        var stop = new StopSignal();
        Prepared prepared;
        try {
            notes(line.getParseResult()).forEach(note -> line.getErr().println("pigou: " + note));
            prepared = prepare(run.observer(line.getErr()), stop);
        } catch (IllegalArgumentException | ModelFolderException wrong) {
            line.getErr().println("pigou: " + wrong.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        try (var _ = new Interruption(stop)) {
            prepared.comparison().awaitReady(run.readyWithin());
            List<RunResult> runs = prepared.comparison().run(prepared.workloads());
            report.report(runs, commandLine(line), line.getOut());
            return sayWhatBroke(runs, line.getErr());
        }
    }

    /** Of flags that were given and do nothing. */
    private List<String> notes(ParseResult given) {
        return Stream.concat(VllmFlags.notes(given).stream(), workload.note().stream()).toList();
    }

    /** What the flags and the files they name amount to; nothing has been sent yet. */
    private record Prepared(LoadComparison comparison, IntFunction<Workload> workloads) {}

    /** @throws IllegalArgumentException if a flag, or a file that one names, is not to be used */
    private Prepared prepare(RunObserver progress, StopSignal stop) {
        report.check();
        List<Target> servers = targets.targets();
        boolean tokens = servers.stream().allMatch(server -> server.api() == Api.COMPLETIONS);
        Workload first = workload.workload(tokens, 0);
        return new Prepared(new LoadComparison(servers, run.repeats(), run.options(), progress, stop),
                repeat -> repeat == 0 ? first : workload.workload(tokens, repeat));
    }

    private static int sayWhatBroke(List<RunResult> runs, PrintWriter err) {
        boolean failed = false;
        for (RunResult result : runs) {
            boolean answered = result.requests().stream().anyMatch(RequestRecord::completed);
            failed |= result.broken().isPresent() || !answered;
            result.broken().ifPresent(
                    why -> err.println("pigou: the run of " + result.label() + " broke off: " + why));
            if (result.broken().isEmpty() && !answered) {
                err.println("pigou: " + result.label() + " answered not one request");
            }
        }
        return failed ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    /** What makes these figures again. Keys of the API do not belong into reports. */
    private static String commandLine(CommandLine line) {
        var shell = new StringBuilder("./pigou bench");
        boolean secret = false;
        for (String argument : line.getParseResult().originalArgs()) {
            if (secret) {
                shell.append(" KEY");
            } else {
                shell.append(' ').append(quoted(withoutKey(argument)));
            }
            secret = argument.equals("--api-key");
        }
        return shell.toString();
    }

    private static String withoutKey(String argument) {
        return argument.replaceFirst("^(--api-key=).*", "$1KEY").replaceAll("(^|,)key=[^,]*", "$1key=KEY");
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w./:=,@%+-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
