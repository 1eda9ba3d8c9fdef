package dev.pigou.bench.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** Runs one command to its end: 0, 1 for failures, 2 for usage. What a user can mend is one line. */
final class SimulationCommandLine {
    private SimulationCommandLine() {}

    static int run(Object command, String... arguments) {
        return run(command, new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8), arguments);
    }

    static int run(Object command, PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine line = new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).setOut(out)
                .setErr(err);
        line.setParameterExceptionHandler((wrong, _) -> {
            err.println("pigou: " + wrong.getMessage());
            err.println("Try 'pigou " + wrong.getCommandLine().getCommandName() + " --help'.");
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((failure, _, _) -> {
            if (failure instanceof IllegalArgumentException) {
                err.println("pigou: " + failure.getMessage());
                return ExitCode.SOFTWARE;
            }
            throw failure;
        });
        return line.execute(arguments);
    }
}
