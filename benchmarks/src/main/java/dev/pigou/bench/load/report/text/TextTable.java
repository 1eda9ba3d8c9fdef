package dev.pigou.bench.load.report.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Lines of cells, as narrow as they can be: the first column to the left, the others to the right. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    /** Rows may be shorter than others. One cell alone is a heading and widens no column. */
    public TextTable row(List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    public TextTable row(String... cells) { return row(List.of(cells)); }

    public int width() { return render().stream().mapToInt(String::length).max().orElse(0); }

    public List<String> render() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = IntStream.range(0, columns)
                .map(column -> rows.stream().filter(row -> row.size() > Math.max(1, column))
                        .mapToInt(row -> row.get(column).length()).max().orElse(0))
                .toArray();
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        if (row.isEmpty()) {
            return "";
        }
        var line = new StringBuilder(row.getFirst());
        for (int column = 1, end = widths[0]; column < row.size(); column++) {
            end += GAP.length() + widths[column];
            String cell = row.get(column);
            line.repeat(" ", Math.max(GAP.length(), end - cell.length() - line.length())).append(cell);
        }
        return line.toString().stripTrailing();
    }
}
