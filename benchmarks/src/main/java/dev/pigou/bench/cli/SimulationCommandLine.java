package dev.pigou.bench.cli;

import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** Runs one command to its end: 0, 1 for failures, 2 for usage. What a user can mend is one line. */
final class SimulationCommandLine {
    private SimulationCommandLine() {}

    static int run(Object command, String... arguments) {
        return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    if (failure instanceof IllegalArgumentException) {
                        line.getErr().println("pigou: " + failure.getMessage());
                        return ExitCode.SOFTWARE;
                    }
                    throw failure;
                }).execute(arguments);
    }
}
