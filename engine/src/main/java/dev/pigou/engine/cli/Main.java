package dev.pigou.engine.cli;

import dev.pigou.engine.DeviceException;
import dev.pigou.engine.http.ListenException;
import dev.pigou.engine.model.ModelFolderException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The command {@code pigou}. */
@Command(name = "pigou", description = "A self-hosted LLM inference server.", subcommands = {
        ServeCommand.class, ChatCommand.class, TrainDemoCommand.class, SynthCommand.class,
        CommandLine.HelpCommand.class}, synopsisSubcommandLabel = "COMMAND", mixinStandardHelpOptions = true, versionProvider = Main.Version.class)
public final class Main {
    private Main() {}

    public static void main(String[] arguments) { System.exit(run(List.of(arguments), System.getenv())); }

    /** Runs one command line to its end and returns the exit code: 0, 1 for failures, 2 for usage. */
    static int run(List<String> arguments, Map<String, String> environment) {
        var line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setExecutionExceptionHandler(Main::explain);
        try {
            Path file = settingsFile(arguments, environment);
            var settings = LayeredSettings.read(environment, file);
            for (CommandLine subcommand : line.getSubcommands().values()) {
                subcommand.setDefaultValueProvider(settings);
            }
            if (file != null && !arguments.isEmpty()
                    && line.getSubcommands().containsKey(arguments.getFirst())) {
                settings.requireKnownKeys(line.getSubcommands().get(arguments.getFirst()).getCommandSpec(),
                        file);
            }
        } catch (IllegalArgumentException e) {
            line.getErr().println("pigou: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        return line.execute(arguments.toArray(String[]::new));
    }

    /** The file has to be known before picocli fills in defaults from it. */
    private static @Nullable Path settingsFile(List<String> arguments, Map<String, String> environment) {
        String prefix = LayeredSettings.FILE_OPTION + "=";
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith(prefix)) {
                return Path.of(arguments.get(i).substring(prefix.length()));
            }
            if (arguments.get(i).equals(LayeredSettings.FILE_OPTION) && i + 1 < arguments.size()) {
                return Path.of(arguments.get(i + 1));
            }
        }
        String variable = environment.get("PIGOU_CONFIG");
        return variable == null ? null : Path.of(variable);
    }

    /** What an operator can mend is one line; anything else is a bug and shows where it happened. */
    private static int explain(Exception failure, CommandLine line, @Nullable ParseResult ignored)
            throws Exception {
        if (failure instanceof IllegalArgumentException || failure instanceof ModelFolderException
                || failure instanceof ListenException || failure instanceof DeviceException) {
            line.getErr().println("pigou: " + failure.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw failure;
    }

    /** Read from the jar's manifest; a build without one is a development build. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[]{"pigou " + (version == null ? "development build" : version)};
        }
    }
}
