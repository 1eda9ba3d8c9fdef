package dev.pigou.bench.served;

import dev.pigou.bench.load.client.Api;
import dev.pigou.bench.load.client.BaseUrl;
import dev.pigou.bench.load.client.Target;
import dev.pigou.engine.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code pigou serve} in a process of its own, with the classes that run here. It listens on a free port of this machine,
 * and ends with {@link #close}, or with this process.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final long STOP_SECONDS = 30;
    private static final long POLL_MILLIS = 50;
    private static final Pattern READY = Pattern.compile("^Ready on (http://\\S+): ", Pattern.MULTILINE);
    private static final String SETTINGS = "PIGOU_";

    private final ServerSetup setup;
    private final Process process;
    private final Thread killer;
    private String url = "";

    private ServerProcess(ServerSetup setup, Process process) {
        this.setup = setup;
        this.process = process;
        killer = Thread.ofPlatform().unstarted(process::destroy);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * Starts it and waits until it takes requests.
     *
     * @throws IllegalArgumentException with the end of its log, if it does not
     */
    public static ServerProcess start(ServerSetup setup) throws InterruptedException {
        var server = new ServerProcess(setup, launch(setup));
        try {
            server.url = server.awaitReady();
            return server;
        } catch (RuntimeException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    private static Process launch(ServerSetup setup) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx768m", "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "serve", "--config", setup.configFile().toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(setup.log().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith(SETTINGS)); // they would win
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(setup.threads()));
        try {
            Files.writeString(setup.configFile(), setup.config());
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            Matcher ready = READY.matcher(log());
            if (ready.find()) {
                return ready.group(1);
            }
            Thread.sleep(POLL_MILLIS);
        }
        List<String> lines = log().lines().toList();
        throw new IllegalArgumentException(
                "the server under " + setup.policy() + " did not come up; " + setup.log() + " ends with: "
                        + String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size())));
    }

    private String log() {
        try {
            return Files.readString(setup.log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ServerSetup setup() { return setup; }

    /** What to ask it, for {@code /v1/completions}; questions about prices are asked as any one of the tenants. */
    public Target target() {
        Optional<String> key = setup.keys().values().stream().sorted().findFirst();
        return new Target(setup.policy(), BaseUrl.of(url), Api.COMPLETIONS, Api.COMPLETIONS.path(),
                Optional.of(String.valueOf(Objects.requireNonNull(setup.model().getFileName()))), key,
                Map.of(), Optional.of(true), OptionalDouble.of(0), Map.of(), Target.DEFAULT_TIME_LIMIT);
    }

    /** Lets it finish its books, and waits for its end. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IllegalStateException _) {
            // this process is going down, and its hook does the same
        }
    }
}
