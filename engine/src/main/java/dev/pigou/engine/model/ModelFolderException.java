package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A model folder that cannot be used. The message is one line: the file, what is wrong with it, and what
 * would be right. It is meant to be shown to the user as it stands.
 */
public final class ModelFolderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Names come from files that may be garbage, so one message never grows past this many characters. */
    private static final int MAX_MESSAGE_CHARS = 1_000;

    public ModelFolderException(Path file, String problem) { super(oneLine(file + ": " + problem)); }

    public ModelFolderException(Path file, String problem, Throwable cause) {
        super(oneLine(file + ": " + problem), cause);
    }

    /** For a failure elsewhere that may name the file already. */
    public static ModelFolderException of(Path folder, IOException failure) {
        // Messages of the file system's own exceptions are a bare path, those of a decoder a bare length.
        boolean sentence = failure.getClass() == IOException.class;
        String message = sentence ? String.valueOf(failure.getMessage()) : failure.toString();
        boolean named = sentence && message.contains(folder.toString());
        return new ModelFolderException(named ? message : folder + ": " + message, failure);
    }

    private ModelFolderException(String message, Throwable cause) { super(oneLine(message), cause); }

    private static String oneLine(String message) {
        int length = Math.min(message.length(), MAX_MESSAGE_CHARS);
        StringBuilder line = new StringBuilder(length + 1);
        for (int i = 0; i < length; i++) {
            char c = message.charAt(i);
            line.append(Character.isISOControl(c) ? ' ' : c);
        }
        return message.length() > length ? line.append('…').toString() : line.toString();
    }
}
