package dev.pigou.engine.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A safetensors file, mapped read-only into memory. Any thread may read; closing unmaps it for all of them.
 */
public final class SafetensorsFile implements AutoCloseable {
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena;
    private final List<TensorEntry> tensors;

    private SafetensorsFile(Path path, Arena arena, List<TensorEntry> tensors) {
        this.path = path;
        this.arena = arena;
        this.tensors = List.copyOf(tensors);
    }

    /**
     * Maps a file and checks its header.
     *
     * @throws ModelFolderException if the file cannot be read or breaks the format anywhere
     */
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as the object it is handed to
    public static SafetensorsFile open(Path path) {
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            SafetensorsFile safetensors = new SafetensorsFile(path, arena, tensors(path, file));
            opened = true;
            return safetensors;
        } catch (NoSuchFileException e) {
            throw new ModelFolderException(path, "no such file", e);
        } catch (IOException e) {
            throw new ModelFolderException(path, "cannot be read: " + e, e);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static List<TensorEntry> tensors(Path path, MemorySegment file) {
        if (file.byteSize() < Long.BYTES) {
            throw new ModelFolderException(path, "is only " + file.byteSize()
                    + " bytes long; a safetensors file starts with the 8-byte length of its header");
        }
        long headerBytes = file.get(LENGTH, 0);
        if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_BYTES) {
            throw new ModelFolderException(path,
                    "the header claims " + Long.toUnsignedString(headerBytes) + " bytes; at most "
                            + SafetensorsHeader.MAX_BYTES + " are allowed (is it a safetensors file?)");
        }
        long dataStart = Long.BYTES + headerBytes;
        if (dataStart > file.byteSize()) {
            throw new ModelFolderException(path,
                    "the header claims " + headerBytes + " bytes, but the file ends after "
                            + (file.byteSize() - Long.BYTES) + " (is it cut short?)");
        }
        byte[] json = file.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
        List<TensorEntry> tensors = new ArrayList<>();
        for (SafetensorsHeader.Entry entry : SafetensorsHeader.parse(path, json,
                file.byteSize() - dataStart)) {
            MemorySegment bytes = file.asSlice(dataStart + entry.begin(), entry.end() - entry.begin());
            tensors.add(new TensorEntry(entry.name(), entry.dtype(), entry.shape(), bytes));
        }
        return tensors;
    }

    public Path path() { return path; }

    /** In the order of their data. */
    public List<TensorEntry> tensors() { return tensors; }

    /** Unmaps the file. Every {@link TensorEntry#bytes} of it becomes invalid. */
    @Override
    public void close() { arena.close(); }
}
