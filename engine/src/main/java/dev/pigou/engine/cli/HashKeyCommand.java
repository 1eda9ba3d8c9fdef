package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.KeyHash;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pigou hash-key}: what the configuration file holds instead of a key. */
@Command(name = "hash-key", description = "Print the hash of an API key, for the keys of a tenant.", mixinStandardHelpOptions = true, footer = {
        "", "The key is read as one line from the standard input, where no list of processes shows it:",
        "  key=$(openssl rand -hex 24)", "  pigou hash-key <<< \"$key\""})
final class HashKeyCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        String key = readLine();
        if (key == null || key.isBlank()) {
            throw new IllegalArgumentException("the standard input has no key; give it as one line");
        }
        if (!key.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new IllegalArgumentException(
                    "the key must be of printable ASCII characters without spaces, as it is sent in a header");
        }
        Objects.requireNonNull(spec).commandLine().getOut().println(KeyHash.of(key).hex());
        return 0;
    }

    /** From a terminal without showing it. */
    private static @Nullable String readLine() {
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (terminal.isPresent()) {
            char[] typed = terminal.get().readPassword("API key: ");
            return typed == null ? null : new String(typed);
        }
        try {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
