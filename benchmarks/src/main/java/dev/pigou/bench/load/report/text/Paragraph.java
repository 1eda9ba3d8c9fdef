package dev.pigou.bench.load.report.text;

import java.util.ArrayList;
import java.util.List;

/** Prose broken into lines. */
public final class Paragraph {
    /** Fits a terminal, and two of them side by side on a wide screen. */
    public static final int WIDTH = 100;

    private Paragraph() {}

    /**
     * Breaks at spaces.
     *
     * @param first what the first line begins with; the others are indented as far
     */
    public static List<String> wrap(String first, String text) {
        String indent = " ".repeat(first.length());
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder(first);
        for (String word : text.split("\\s+", -1)) {
            if (line.length() > indent.length() && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
            }
            line.append(line.length() > indent.length() ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
