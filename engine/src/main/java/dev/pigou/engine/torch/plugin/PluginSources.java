package dev.pigou.engine.torch.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What the CPU library is built from.
 *
 * @param folder {@code native/} of a clone of the project
 */
record PluginSources(Path folder) {
    private static final String BUILD_FILE = "CMakeLists.txt";

    /** Those beside the launcher ({@code -Dpigou.home}), or of the clone that the working directory lies in. */
    static Optional<PluginSources> find() {
        String home = System.getProperty("pigou.home");
        Stream<Path> clones = home != null
                ? Stream.of(Path.of(home))
                : Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent);
        return clones.map(clone -> clone.resolve("native"))
                .filter(folder -> Files.isRegularFile(folder.resolve(BUILD_FILE))).findFirst()
                .map(PluginSources::new);
    }

    /** Adds names and contents of all that the library depends on: not its tests, and not what runs on a GPU. */
    void digest(MessageDigest digest) throws IOException {
        for (Path file : files()) {
            byte[] content = Files.readAllBytes(file);
            digest.update((folder.relativize(file) + "\n" + content.length + "\n").getBytes(UTF_8));
            digest.update(content);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> top = Files.list(folder); Stream<Path> cpu = Files.walk(folder.resolve("cpu"))) {
            return Stream.concat(top, cpu).filter(Files::isRegularFile).filter(PluginSources::isSource)
                    .sorted().toList();
        }
    }

    private static boolean isSource(Path file) {
        String name = file.getFileName().toString();
        return name.equals(BUILD_FILE) || name.endsWith(".h") || name.endsWith(".cpp");
    }
}
