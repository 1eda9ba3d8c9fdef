package dev.pigou.engine.torch.plugin;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder of built libraries, each under a key that says what it was built from. Several processes may use it at once:
 * one builds, the others wait for it.
 *
 * <p>Beside every library lies its checksum. One that does not match (cut short, written over, put there by somebody
 * else) is thrown away and built again.
 */
final class LibraryCache {
    private static final String CHECKSUM = ".sha256";

    private final Path root;

    /** Makes a library in an empty folder. */
    interface Build {
        /** Returns the library, a file below {@code folder}. */
        Path in(Path folder) throws PluginUnavailableException;
    }

    LibraryCache(Path root) { this.root = root; }

    /** The user's own, beside what DJL keeps there. */
    static LibraryCache ofUser(Map<String, String> environment) {
        String djl = environment.getOrDefault("DJL_CACHE_DIR", "");
        Path parent = djl.isBlank() ? Path.of(System.getProperty("user.home"), ".djl.ai") : Path.of(djl);
        return new LibraryCache(parent.resolve("pigou-native"));
    }

    /** The library called {@code name} of that key, built now if it is not there or not what it was. */
    Path get(String key, String name, Build build) throws PluginUnavailableException {
        Path home = root.resolve(key);
        Path library = home.resolve(name);
        try {
            if (isIntact(library)) {
                return library;
            }
            synchronized (LibraryCache.class) { // a file lock is for processes; one process may not take it twice
                Files.createDirectories(root);
                Path lockFile = root.resolve(key + ".lock");
                try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE); FileLock _ = channel.lock()) {
                    if (!isIntact(library)) {
                        fill(home, library, build);
                    }
                }
            }
            return library;
        } catch (IOException e) {
            throw new PluginUnavailableException("the folder of built libraries, " + root
                    + ", cannot be used (DJL_CACHE_DIR names another): " + e, e);
        }
    }

    private void fill(Path home, Path library, Build build) throws IOException, PluginUnavailableException {
        Path folder = Files.createTempDirectory(root, "build-");
        try {
            Path built = build.in(folder);
            deleteAll(home);
            Files.createDirectories(home);
            // The checksum last: without it the library does not count.
            Files.move(built, library, StandardCopyOption.ATOMIC_MOVE);
            Files.writeString(checksum(library), Checksum.of(library));
        } finally {
            deleteAll(folder);
        }
    }

    private static Path checksum(Path library) {
        return library.resolveSibling(library.getFileName() + CHECKSUM);
    }

    private static boolean isIntact(Path library) throws IOException {
        return Files.isRegularFile(library) && Files.isRegularFile(checksum(library))
                && Files.readString(checksum(library)).strip().equals(Checksum.of(library));
    }

    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
