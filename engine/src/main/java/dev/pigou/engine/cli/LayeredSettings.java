package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.ApiKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Settings that are not on the command line: {@code --max-num-seqs} is also {@code PIGOU_MAX_NUM_SEQS} in the environment
 * and {@code max-num-seqs} in the TOML file. The command line wins, then the environment, then the file. A variable that
 * is empty counts as not set. Tenants have tables in the file, and nothing else.
 */
final class LayeredSettings implements IDefaultValueProvider {
    static final String FILE_OPTION = "--config";
    private static final String PREFIX = "PIGOU_";

    private final Map<String, String> environment;
    private final Optional<Path> path;
    /** By option name, without its dashes. */
    private final Map<String, String> file;
    private final ApiKeys tenants;

    private LayeredSettings(Map<String, String> environment, Optional<Path> path, Map<String, String> file,
            ApiKeys tenants) {
        this.environment = environment;
        this.path = path;
        this.file = file;
        this.tenants = tenants;
    }

    /** Variables alone. */
    static LayeredSettings of(Map<String, String> environment) {
        return new LayeredSettings(environment, Optional.empty(), Map.of(), ApiKeys.NONE);
    }

    /**
     * Variables, and a file below them.
     *
     * @param command whose options are the keys the file may have: a misspelt one would be a setting silently lost
     * @throws IllegalArgumentException naming the file and line or key if it cannot be read, is no TOML, or sets what
     *     cannot be set
     */
    static LayeredSettings of(Map<String, String> environment, Path path, CommandSpec command) {
        TomlParseResult parsed;
        try {
            parsed = Toml.parse(path);
        } catch (IOException e) {
            throw FileFailure.of(path, e);
        }
        if (parsed.hasErrors()) {
            TomlParseError first = parsed.errors().getFirst();
            throw new IllegalArgumentException(
                    path + ": line " + first.position().line() + ": " + first.getMessage());
        }
        ApiKeys tenants = ApiKeys.NONE;
        var values = new TreeMap<String, String>();
        for (Map.Entry<String, Object> entry : parsed.entrySet()) {
            String key = entry.getKey();
            if (key.equals(TenantTables.NAME)) {
                tenants = TenantTables.read(path, entry.getValue());
                continue;
            }
            OptionSpec option = command.findOption("--" + key);
            if (option == null || !isSetting(option) || !key.equals(name(option))) {
                throw new IllegalArgumentException(
                        path + ": '" + key + "' is no setting; see pigou " + command.name() + " --help");
            }
            values.put(key, text(path, key, entry.getValue()));
        }
        return new LayeredSettings(environment, Optional.of(path), values, tenants);
    }

    /** The file a command line or the environment names; it has to be known before the rest is parsed. */
    static Optional<Path> file(Iterable<String> arguments, Map<String, String> environment) {
        boolean next = false;
        for (String argument : arguments) {
            if (next) {
                return Optional.of(Path.of(argument));
            }
            if (argument.startsWith(FILE_OPTION + "=")) {
                return Optional.of(Path.of(argument.substring(FILE_OPTION.length() + 1)));
            }
            next = argument.equals(FILE_OPTION);
        }
        return Optional.ofNullable(environment.get(PREFIX + "CONFIG")).filter(name -> !name.isBlank())
                .map(Path::of);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || !isSetting(option)) {
            return null;
        }
        String value = environment.getOrDefault(variable(option), "");
        return value.isBlank() ? file.get(name(option)) : value;
    }

    /** Those of the file's tenants; {@link ApiKeys#NONE} without any. */
    ApiKeys tenants() { return tenants; }

    /** Where an option's value comes from if the command line has none; empty if nowhere. */
    Optional<String> origin(OptionSpec option) {
        if (!environment.getOrDefault(variable(option), "").isBlank()) {
            return Optional.of(variable(option));
        }
        return file.containsKey(name(option)) ? path.map(Path::toString) : Optional.empty();
    }

    private static boolean isSetting(OptionSpec option) {
        return !option.usageHelp() && !option.versionHelp() && !option.longestName().equals(FILE_OPTION);
    }

    private static String name(OptionSpec option) { return option.longestName().substring("--".length()); }

    private static String variable(OptionSpec option) {
        return PREFIX + name(option).toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static String text(Path path, String key, Object value) {
        return switch (value) {
            case TomlTable _ ->
                throw new IllegalArgumentException(path + ": '" + key + "' is a table, not a value");
            case TomlArray list -> list.toList().stream().map(element -> text(path, key, element))
                    .collect(Collectors.joining(","));
            default -> value.toString();
        };
    }
}
