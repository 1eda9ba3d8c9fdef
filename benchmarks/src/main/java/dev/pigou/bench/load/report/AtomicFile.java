package dev.pigou.bench.load.report;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that is there whole or not at all, whatever happens while it is written. */
public final class AtomicFile {
    /** Writes what the file shall hold. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Finds out before a run of an hour what would otherwise be found out after it.
     *
     * @throws IllegalArgumentException if the file could not be written
     */
    public static void check(Path file) {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(
                    file + " is a folder; name a file in it, such as " + file.resolve("result"));
        }
        Path folder = folder(file);
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    file + " cannot be written: there is no folder " + folder + "; make it first");
        }
        try {
            Path part = part(file);
            Files.write(part, new byte[0]);
            Files.delete(part);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be written: " + reason(e), e);
        }
    }

    /** Replaces the file if there is one. */
    public static void write(Path file, Content content) {
        Path part = part(file);
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
                content.writeTo(out);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be written: " + reason(e), e);
        }
    }

    private static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? file.toAbsolutePath() : folder;
    }

    private static Path part(Path file) { return folder(file).resolve("." + file.getFileName() + ".part"); }

    /** Says in words what the JDK says with the name of a class. */
    public static String reason(IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> String.valueOf(failure.getMessage());
        };
    }
}
