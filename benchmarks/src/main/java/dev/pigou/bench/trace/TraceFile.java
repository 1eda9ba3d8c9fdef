package dev.pigou.bench.trace;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a trace, whichever way it is written: Mooncake's JSON lines, Azure's CSV, or a CSV of
 * {@code arrival_s,tenant,input_tokens,output_tokens}. Formats are told apart by the first line, not by the file's name.
 *
 * <p>Rows are put in order of arrival, and the clock starts with the first. Lengths of 0, which occur in real traces, are
 * raised to 1. Blank lines are skipped.
 */
public final class TraceFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Path file;
    private final List<TraceRow> rows = new ArrayList<>();
    private Optional<TraceFormat> format = Optional.empty();

    private TraceFile(Path file) { this.file = file; }

    /**
     * Reads a whole file.
     *
     * @throws BrokenFileException naming file and line
     */
    public static Trace read(Path file) { return new TraceFile(file).read(); }

    private Trace read() {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            long number = 1;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                read(line, number++);
            }
        } catch (IOException e) {
            throw BrokenFileException.of(file, e);
        }
        if (rows.isEmpty()) {
            throw BrokenFileException.of(file, "holds no request");
        }
        return Trace.ordered(String.valueOf(file.getFileName()), rows, format.orElseThrow().blockTokens());
    }

    private void read(String line, long number) {
        if (line.isBlank()) {
            return;
        }
        try {
            if (format.isEmpty()) {
                String first = line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
                TraceFormat found = TraceFormat.of(first);
                format = Optional.of(found);
                if (!found.headed()) {
                    rows.add(found.row(first));
                }
            } else {
                rows.add(format.get().row(line));
            }
        } catch (IllegalArgumentException e) {
            throw BrokenFileException.at(file, number, String.valueOf(e.getMessage()));
        }
    }
}
