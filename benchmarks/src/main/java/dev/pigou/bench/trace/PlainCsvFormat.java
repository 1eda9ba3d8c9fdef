package dev.pigou.bench.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code arrival_s,tenant,input_tokens,output_tokens}, in any order of columns; the tenant may be left out. */
final class PlainCsvFormat implements TraceFormat {
    static final List<String> COLUMNS = List.of("arrival_s", "input_tokens", "output_tokens");
    private static final int[] NO_HASHES = {};

    private final CsvHeader header;
    /** A name is kept once, however many rows bear it. */
    private final Map<String, String> tenants = new HashMap<>();

    PlainCsvFormat(CsvHeader header) { this.header = header; }

    @Override
    public boolean headed() { return true; }

    @Override
    public int blockTokens() { return 0; }

    @Override
    public TraceRow row(String line) {
        CsvHeader.Cells cells = header.cells(line);
        String tenant = tenants.computeIfAbsent(cells.text("tenant"), name -> name);
        return new TraceRow(cells.seconds("arrival_s"), tenant,
                TraceFormat.atLeastOne(cells.tokens("input_tokens")),
                TraceFormat.atLeastOne(cells.tokens("output_tokens")), NO_HASHES);
    }
}
