package dev.pigou.bench.trace;

/** A way to write one request on one line. An object reads one file, from its first row to its last. */
sealed interface TraceFormat permits MooncakeFormat, AzureFormat, PlainCsvFormat {
    /** Whether the file's first line names columns and is no row. */
    boolean headed();

    /** See {@link Trace#blockTokens}. */
    int blockTokens();

    /**
     * The request on one line. Its clock may have begun at any time before or after.
     *
     * @throws IllegalArgumentException saying what is wrong with the line, and how to mend it
     */
    TraceRow row(String line);

    /** The format that a file's first line is written in. */
    static TraceFormat of(String firstLine) {
        if (firstLine.stripLeading().startsWith("{")) {
            return new MooncakeFormat();
        }
        CsvHeader header = CsvHeader.parse(firstLine);
        if (header.has(AzureFormat.COLUMNS)) {
            return new AzureFormat(header);
        }
        if (header.has(PlainCsvFormat.COLUMNS)) {
            return new PlainCsvFormat(header);
        }
        throw new IllegalArgumentException(
                "this begins no trace; a trace begins with a JSON object with timestamp, "
                        + "input_length and output_length, or with one of the headers "
                        + String.join(",", AzureFormat.COLUMNS)
                        + " and arrival_s,tenant,input_tokens,output_tokens (tenant may be left out)");
    }

    /**
     * A length, raised to 1 if it is 0: requests whose answer was empty or whose prompt was not counted occur in real
     * traces, and a server can be asked for neither.
     */
    static int atLeastOne(int tokens) { return Math.max(1, tokens); }
}
