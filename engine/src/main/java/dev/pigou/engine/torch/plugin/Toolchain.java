package dev.pigou.engine.torch.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * CMake, a C++ compiler, and for GPUs nvcc.
 *
 * @param version of all, as they say it: two toolchains with the same text build the same
 */
record Toolchain(Path cmake, Path compiler, Optional<Path> nvcc, String version) {
    private static final List<String> COMPILERS = List.of("g++", "c++", "clang++");
    private static final String DEFAULT_NVCC = "/usr/local/cuda/bin/nvcc";
    private static final String ADVICE = " (Debian: apt install g++ cmake make; macOS: xcode-select --install and"
            + " brew install cmake)";

    /**
     * What {@code CXX} names or the {@code PATH} has.
     *
     * @param environment variables of the process
     */
    static Toolchain find(Map<String, String> environment) throws PluginUnavailableException {
        Path cmake = onPath("cmake", environment)
                .orElseThrow(() -> new PluginUnavailableException("there is no CMake on the PATH" + ADVICE));
        String named = environment.getOrDefault("CXX", "");
        Stream<String> candidates = named.isBlank() ? COMPILERS.stream() : Stream.of(named);
        Path compiler = candidates.flatMap(name -> onPath(name, environment).stream()).findFirst()
                .orElseThrow(() -> new PluginUnavailableException(named.isBlank()
                        ? "there is no C++ compiler on the PATH" + ADVICE
                        : "the C++ compiler that CXX names was not found: " + named));
        return new Toolchain(cmake, compiler, Optional.empty(),
                firstLine(cmake) + "\n" + firstLine(compiler));
    }

    /** The same with nvcc: what {@code CUDACXX} names, the {@code PATH} has, or lies where CUDA is installed by default. */
    static Toolchain findWithCuda(Map<String, String> environment) throws PluginUnavailableException {
        Toolchain host = find(environment);
        String named = environment.getOrDefault("CUDACXX", "");
        Stream<String> candidates = named.isBlank() ? Stream.of("nvcc", DEFAULT_NVCC) : Stream.of(named);
        Path nvcc = candidates.flatMap(name -> onPath(name, environment).stream()).findFirst()
                .orElseThrow(() -> new PluginUnavailableException(named.isBlank()
                        ? "there is no nvcc on the PATH or in /usr/local/cuda (install the CUDA toolkit, or set CUDACXX)"
                        : "the nvcc that CUDACXX names was not found: " + named));
        String version = run(List.of(nvcc.toString(), "--version"), 1);
        return new Toolchain(host.cmake, host.compiler, Optional.of(nvcc), host.version + "\n" + version);
    }

    private static Optional<Path> onPath(String name, Map<String, String> environment) {
        Stream<Path> places = name.contains("/")
                ? Stream.of(Path.of(name))
                : Pattern.compile(":").splitAsStream(environment.getOrDefault("PATH", ""))
                        .filter(folder -> !folder.isEmpty()).map(folder -> Path.of(folder, name));
        return places.filter(Files::isExecutable).findFirst();
    }

    private static String firstLine(Path program) throws PluginUnavailableException {
        String output = run(List.of(program.toString(), "--version"), 1);
        return output.lines().findFirst().orElse("");
    }

    /**
     * Builds CMake target {@code target} of {@code sources}; all that is written lies in {@code folder}.
     *
     * @param options for CMake's first pass, {@code -D...}
     */
    void build(PluginSources sources, String target, Path folder, String... options)
            throws PluginUnavailableException {
        var configure = new ArrayList<>(List.of(cmake.toString(), "-S", sources.folder().toString(), "-B",
                folder.toString(), "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_COMPILER=" + compiler));
        nvcc.ifPresent(program -> configure.add("-DCMAKE_CUDA_COMPILER=" + program));
        configure.addAll(List.of(options));
        run(configure, 5);
        run(List.of(cmake.toString(), "--build", folder.toString(), "--target", target, "--parallel",
                Integer.toString(Runtime.getRuntime().availableProcessors())), 30);
    }

    /** Standard output and error of a command that must succeed within some minutes. */
    private static String run(List<String> command, int minutes) throws PluginUnavailableException {
        Path log = null;
        try {
            log = Files.createTempFile("pigou-build", ".log");
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(log.toFile()).start();
            if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new PluginUnavailableException(
                        command.getFirst() + " had not ended after " + minutes + " minutes");
            }
            String output = new String(Files.readAllBytes(log), UTF_8);
            if (process.exitValue() != 0) {
                throw new PluginUnavailableException(
                        "'" + String.join(" ", command) + "' failed:\n" + errors(output));
            }
            return output;
        } catch (IOException e) {
            throw new PluginUnavailableException(
                    "could not run " + command.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PluginUnavailableException("the build was interrupted", e);
        } finally {
            delete(log);
        }
    }

    private static void delete(@Nullable Path file) {
        if (file != null) {
            file.toFile().delete();
        }
    }

    /** The lines that say what is wrong, or else the last ones. */
    private static String errors(String output) {
        List<String> lines = output.lines().toList();
        var telling = new ArrayList<>(
                lines.stream().filter(line -> line.toLowerCase(Locale.ROOT).contains("error")).toList());
        if (telling.isEmpty()) {
            telling.addAll(lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        }
        return String.join("\n", telling.subList(0, Math.min(5, telling.size())));
    }
}
