package dev.pigou.engine.cli;

import dev.pigou.engine.DeviceException;
import dev.pigou.engine.http.ListenException;
import dev.pigou.engine.model.ModelFolderException;
import dev.pigou.engine.ops.Version;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code pigou}. */
@Command(name = "pigou", description = "A self-hosted LLM inference server.", subcommands = {
        ServeCommand.class, ChatCommand.class, TrainDemoCommand.class, SynthCommand.class,
        HashKeyCommand.class, CommandLine.HelpCommand.class}, synopsisSubcommandLabel = "COMMAND", footer = {
                "",
                "The launcher also measures: bench, jmh, step-speed; and writes models for llama.cpp: gguf."}, mixinStandardHelpOptions = true, versionProvider = Main.VersionLine.class)
public final class Main {
    /** Commands whose options may also be set from outside. The others act once, and do what their line says. */
    private static final Set<String> CONFIGURED = Set.of("serve", "chat");

    private Main() {}

    public static void main(String[] arguments) { System.exit(run(List.of(arguments), System.getenv())); }

    /** Runs one command line to its end and returns the exit code: 0, 1 for failures, 2 for usage. */
    static int run(List<String> arguments, Map<String, String> environment) {
        return run(arguments, environment, new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    static int run(List<String> arguments, Map<String, String> environment, PrintWriter out,
            PrintWriter err) {
        // A message to chat may well begin with @; it names no file of arguments.
        var line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false).setOut(out).setErr(err);
        line.setExecutionExceptionHandler(Main::explain);
        try {
            CommandLine command = line.getSubcommands().get(arguments.isEmpty() ? "" : arguments.getFirst());
            if (command != null && CONFIGURED.contains(command.getCommandName())) {
                command.setDefaultValueProvider(settings(command, arguments, environment));
            }
            line.setParameterExceptionHandler(Main::correct);
            return line.execute(arguments.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            err.println("pigou: " + e.getMessage());
            return ExitCode.SOFTWARE;
        } catch (OutOfMemoryError e) {
            err.println("pigou: the Java heap is too small for this (" + e.getMessage()
                    + "); give it more with PIGOU_JAVA_OPTS=-Xmx2g, or serve a smaller --max-model-len");
            return ExitCode.SOFTWARE;
        }
    }

    private static LayeredSettings settings(CommandLine command, List<String> arguments,
            Map<String, String> environment) {
        if (command.getCommandSpec().findOption(LayeredSettings.FILE_OPTION) == null) {
            return LayeredSettings.of(environment);
        }
        Optional<Path> file = LayeredSettings.file(arguments, environment);
        return file.map(path -> LayeredSettings.of(environment, path, command.getCommandSpec()))
                .orElseGet(() -> LayeredSettings.of(environment));
    }

    /** A command line that cannot be understood: what is wrong with it, where that comes from, and where to read on. */
    private static int correct(ParameterException wrong, String[] arguments) {
        CommandLine line = wrong.getCommandLine();
        PrintWriter err = line.getErr();
        String origin = wrong.getArgSpec() instanceof OptionSpec option
                && List.of(arguments).stream().noneMatch(argument -> names(option, argument))
                && line.getDefaultValueProvider() instanceof LayeredSettings settings
                        ? settings.origin(option).map(place -> " (set by " + place + ")").orElse("")
                        : "";
        err.println("pigou: " + wrong.getMessage() + origin);
        if (wrong instanceof UnmatchedArgumentException
                && !UnmatchedArgumentException.printSuggestions(wrong, err)) {
            err.print(line.getHelp().fullSynopsis());
        }
        err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    private static boolean names(OptionSpec option, String argument) {
        return List.of(option.names()).contains(argument.split("=", 2)[0]);
    }

    /** What an operator can mend is one line; anything else is a bug and shows where it happened. */
    private static int explain(Exception failure, CommandLine line, @Nullable ParseResult ignored)
            throws Exception {
        if (failure instanceof IllegalArgumentException || failure instanceof ModelFolderException
                || failure instanceof ListenException || failure instanceof DeviceException) {
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
