package dev.pigou.engine.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Settings that are not on the command line: {@code --max-num-seqs} is also {@code PIGOU_MAX_NUM_SEQS} in the environment
 * and {@code max-num-seqs} in the TOML file. The command line wins, then the environment, then the file.
 */
final class LayeredSettings implements IDefaultValueProvider {
    static final String FILE_OPTION = "--config";
    private static final String PREFIX = "PIGOU_";

    private final Map<String, String> environment;
    private final @Nullable TomlTable file;

    private LayeredSettings(Map<String, String> environment, @Nullable TomlTable file) {
        this.environment = environment;
        this.file = file;
    }

    /**
     * Reads the file, if there is one.
     *
     * @throws IllegalArgumentException naming the file and line if it cannot be read or is no TOML
     */
    static LayeredSettings read(Map<String, String> environment, @Nullable Path path) {
        if (path == null) {
            return new LayeredSettings(environment, null);
        }
        try {
            TomlParseResult parsed = Toml.parse(path);
            if (parsed.hasErrors()) {
                var first = parsed.errors().getFirst();
                throw new IllegalArgumentException(
                        path + ": line " + first.position().line() + ": " + first.getMessage());
            }
            return new LayeredSettings(environment, parsed);
        } catch (IOException e) {
            throw new IllegalArgumentException(path + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    /**
     * A misspelt key would be a setting silently lost.
     *
     * @throws IllegalArgumentException naming the first key that is no option of {@code command}
     */
    void requireKnownKeys(CommandSpec command, Path path) {
        if (file == null) {
            return;
        }
        for (String key : new TreeSet<>(file.keySet())) {
            if (command.findOption("--" + key) == null) {
                throw new IllegalArgumentException(
                        path + ": '" + key + "' is no setting; see pigou " + command.name() + " --help");
            }
        }
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        String name = option.longestName().replaceFirst("^--", "");
        String variable = environment.get(PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_'));
        if (variable != null) {
            return variable;
        }
        Object value = file == null || !file.contains(name) ? null : file.get(name);
        return value == null ? null : value.toString();
    }
}
