package dev.pigou.engine.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Says in words what the JDK says with the name of a class. */
final class FileFailure {
    private FileFailure() {}

    /** One line that names the file and what is wrong with it. */
    static IllegalArgumentException of(Path file, IOException failure) {
        String reason = switch (failure) {
            case NoSuchFileException _ -> "there is no such file or folder";
            case AccessDeniedException _ -> "permission denied";
            case NotDirectoryException _ -> "is not a folder";
            case CharacterCodingException _ -> "is not UTF-8";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> failure.toString();
        };
        return new IllegalArgumentException(file + ": " + reason, failure);
    }
}
