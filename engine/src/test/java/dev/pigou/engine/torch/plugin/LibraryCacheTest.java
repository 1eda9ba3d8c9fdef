package dev.pigou.engine.torch.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LibraryCacheTest {
    private static final String NAME = "lib.so";

    @TempDir
    private Path root;

    private final AtomicInteger builds = new AtomicInteger();

    private Path get(String key) {
        try {
            return new LibraryCache(root).get(key, NAME, this::build);
        } catch (PluginUnavailableException e) {
            throw new AssertionError(e);
        }
    }

    private Path build(Path folder) {
        builds.incrementAndGet();
        try {
            return Files.writeString(folder.resolve("made"), "machine code");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLibraryIsBuiltOnceForEachKey() throws IOException {
        Path first = get("a");
        assertThat(get("a")).isEqualTo(first).hasContent("machine code");
        assertThat(builds).hasValue(1);
        assertThat(get("b")).isNotEqualTo(first);
        assertThat(builds).hasValue(2);
        try (Stream<Path> left = Files.list(root)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("a",
                    "a.lock", "b", "b.lock");
        }
    }

    @Test
    void aLibraryThatIsNotWhatWasBuiltIsBuiltAgain() throws IOException {
        Path library = get("a");
        Path checksum = library.resolveSibling(NAME + ".sha256");
        Files.writeString(library, "machine cod"); // cut short
        assertThat(get("a")).hasContent("machine code");
        Files.writeString(library, "somebody else's code");
        assertThat(get("a")).hasContent("machine code");
        Files.writeString(checksum, "");
        assertThat(get("a")).hasContent("machine code");
        Files.delete(checksum); // as after a crash between the two
        assertThat(get("a")).hasContent("machine code");
        assertThat(builds).hasValue(5);
        get("a");
        assertThat(builds).hasValue(5);
    }

    @Test
    void whoeverComesWhileItIsBuiltWaitsForIt() {
        var all = IntStream.range(0, 8).mapToObj(_ -> CompletableFuture.supplyAsync(() -> get("a"))).toList();
        all.forEach(one -> assertThat(one.join()).hasContent("machine code"));
        assertThat(builds).hasValue(1);
    }

    @Test
    void aBuildThatFailsLeavesNothingAndIsTriedAgain() {
        assertThatThrownBy(() -> new LibraryCache(root).get("a", NAME, folder -> {
            build(folder);
            throw new PluginUnavailableException("no luck");
        })).isInstanceOf(PluginUnavailableException.class).hasMessage("no luck");
        assertThat(root.resolve("a")).doesNotExist();
        assertThat(get("a")).hasContent("machine code");
    }

    @Test
    void aFolderThatCannotBeUsedIsNamed() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "");
        assertThatThrownBy(() -> new LibraryCache(file.resolve("below")).get("a", NAME, this::build))
                .isInstanceOf(PluginUnavailableException.class)
                .hasMessageContaining(file.resolve("below").toString()).hasMessageContaining("DJL_CACHE_DIR");
    }
}
