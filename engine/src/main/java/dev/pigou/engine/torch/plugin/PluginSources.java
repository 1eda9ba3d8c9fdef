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
 * What the libraries are built from: the files of {@code native/} itself, those of {@code cpu/}, and for CUDA those of
 * {@code cuda/} too.
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

    /** Adds names and contents of all that the library of {@code part}, cpu or cuda, depends on: not its tests. */
    void digest(MessageDigest digest, String part) throws IOException {
        for (Path file : files(part)) {
            byte[] content = Files.readAllBytes(file);
            digest.update((folder.relativize(file) + "\n" + content.length + "\n").getBytes(UTF_8));
            digest.update(content);
        }
    }

    private List<Path> files(String part) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).filter(PluginSources::isSource)
                    .filter(file -> belongsTo(part, folder.relativize(file))).sorted().toList();
        }
    }

    private static boolean belongsTo(String part, Path file) {
        return file.getNameCount() == 1 || file.startsWith("cpu") || file.startsWith(part);
    }

    private static boolean isSource(Path file) {
        String name = file.getFileName().toString();
        return name.equals(BUILD_FILE) || name.endsWith(".h") || name.endsWith(".cpp") || name.endsWith(".cu")
                || name.endsWith(".cuh");
    }
}
