package dev.pigou.bench.trace;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;

/** An input file that cannot be used. The message is one line: {@code FILE:LINE: what is wrong, and how to mend it}. */
public final class BrokenFileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private BrokenFileException(String message, Throwable cause) { super(message, cause); }

    private BrokenFileException(String message) { super(message); }

    /**
     * One line is wrong.
     *
     * @param line from 1
     */
    public static BrokenFileException at(Path file, long line, String wrong) {
        return new BrokenFileException(file + ":" + line + ": " + wrong);
    }

    /** Nothing wrong with any one line. */
    public static BrokenFileException of(Path file, String wrong) {
        return new BrokenFileException(file + ": " + wrong);
    }

    /** What the parser found wrong, without the parts that speak of the parser's own source. */
    public static String reason(JacksonException malformed) {
        return malformed.getOriginalMessage().lines().findFirst().orElse("")
                .replaceFirst(" \\(start marker at .*", "");
    }

    public static BrokenFileException of(Path file, IOException failure) {
        String reason = switch (failure) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "permission denied";
            case CharacterCodingException _ -> "is not text in UTF-8; if it is compressed, unpack it first";
            default -> String.valueOf(failure.getMessage());
        };
        return new BrokenFileException(file + ": " + reason, failure);
    }
}
