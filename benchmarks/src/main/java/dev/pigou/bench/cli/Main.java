package dev.pigou.bench.cli;

import dev.pigou.engine.model.ModelFolderException;
import dev.pigou.engine.ops.Version;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands of {@code pigou} that measure and simulate. */
@Command(name = "pigou", subcommands = {BenchCommand.class, SimulateCommand.class, HindsightCommand.class,
        CacheStudyCommand.class, GgufCommand.class, StepSpeedCommand.class, ComparePoliciesCommand.class,
        PeerTableCommand.class}, synopsisSubcommandLabel = "COMMAND", versionProvider = Main.VersionLine.class)
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8), arguments));
    }

    /** Runs one command line to its end and returns the exit code: 0, 1 for failures, 2 for usage; others as it says. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).setExpandAtFiles(false)
                .setAllowSubcommandsAsOptionParameters(true).setOut(out).setErr(err)
                .setParameterExceptionHandler(Main::correct).setExecutionExceptionHandler(Main::explain)
                .execute(arguments);
    }

    private static int correct(ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("pigou: " + wrong.getMessage());
        if (wrong instanceof UnmatchedArgumentException) {
            UnmatchedArgumentException.printSuggestions(wrong, err);
        }
        err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    /** What the user can mend is one line; anything else is a bug and shows where it happened. */
    private static int explain(Exception failure, CommandLine line, @Nullable ParseResult ignored)
            throws Exception {
        if (failure instanceof IllegalArgumentException || failure instanceof ModelFolderException) {
            line.getErr().println("pigou: " + failure.getMessage());
            return ExitCode.SOFTWARE;
        }
        throw failure;
    }

    static final class VersionLine implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() { return new String[]{"pigou " + Version.current()}; }
    }
}
