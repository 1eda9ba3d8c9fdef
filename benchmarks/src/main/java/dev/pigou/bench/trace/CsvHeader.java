package dev.pigou.bench.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The columns of a file of comma-separated values, by name in any case. Cells may be quoted, but hold no commas. */
record CsvHeader(Map<String, Integer> columns, int width) {
    static CsvHeader parse(String line) {
        List<String> names = split(line);
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            columns.putIfAbsent(names.get(i).toLowerCase(Locale.ROOT), i);
        }
        return new CsvHeader(Map.copyOf(columns), names.size());
    }

    boolean has(List<String> names) { return names.stream().allMatch(this::has); }

    boolean has(String name) { return columns.containsKey(name.toLowerCase(Locale.ROOT)); }

    /** @throws IllegalArgumentException if the line has more or fewer cells than the header */
    Cells cells(String line) {
        List<String> cells = split(line);
        if (cells.size() != width) {
            throw new IllegalArgumentException("has " + cells.size() + " values, but the header names "
                    + width + " columns; complete the line or " + "remove it");
        }
        return new Cells(this, cells);
    }

    private static List<String> split(String line) {
        return List.of(line.split(",", -1)).stream().map(CsvHeader::unquote).toList();
    }

    private static String unquote(String cell) {
        String bare = cell.strip();
        boolean quoted = bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"");
        return quoted ? bare.substring(1, bare.length() - 1) : bare;
    }

    /** One line's values. */
    record Cells(CsvHeader header, List<String> values) {
        String text(String column) {
            Integer at = header.columns.get(column.toLowerCase(Locale.ROOT));
            return at == null ? "" : values.get(at);
        }

        int tokens(String column) {
            try {
                int tokens = Integer.parseInt(text(column));
                if (tokens >= 0) {
                    return tokens;
                }
            } catch (NumberFormatException _) {
                // said below
            }
            throw new IllegalArgumentException(
                    column + " is '" + text(column) + "', but must be a whole number, at least 0");
        }

        double seconds(String column) {
            try {
                double seconds = Double.parseDouble(text(column));
                if (Double.isFinite(seconds)) {
                    return seconds;
                }
            } catch (NumberFormatException _) {
                // said below
            }
            throw new IllegalArgumentException(
                    column + " is '" + text(column) + "', but must be a number of seconds, such as 12.345");
        }
    }
}
