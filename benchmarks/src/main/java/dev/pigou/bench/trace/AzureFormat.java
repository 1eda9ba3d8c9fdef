package dev.pigou.bench.trace;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The CSV of Azure's public LLM inference traces: {@code TIMESTAMP,ContextTokens,GeneratedTokens}. Timestamps have from
 * none to nine decimals, and a zone in some releases; without one they count as UTC.
 */
final class AzureFormat implements TraceFormat {
    static final List<String> COLUMNS = List.of("TIMESTAMP", "ContextTokens", "GeneratedTokens");
    private static final int[] NO_HASHES = {};
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE).appendPattern("[' ']['T']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME).optionalStart().appendOffset("+HH:mm", "Z")
            .optionalEnd().toFormatter();

    private final CsvHeader header;
    /** Of the first row: since then a double holds every decimal, which it would not since 1970. */
    private @Nullable LocalDateTime first;

    AzureFormat(CsvHeader header) { this.header = header; }

    @Override
    public boolean headed() { return true; }

    @Override
    public int blockTokens() { return 0; }

    @Override
    public TraceRow row(String line) {
        CsvHeader.Cells cells = header.cells(line);
        LocalDateTime time = timestamp(cells.text("TIMESTAMP"));
        if (first == null) {
            first = time;
        }
        Duration since = Duration.between(first, time);
        return new TraceRow(since.toSeconds() + since.toNanosPart() / 1e9, "",
                TraceFormat.atLeastOne(cells.tokens("ContextTokens")),
                TraceFormat.atLeastOne(cells.tokens("GeneratedTokens")), NO_HASHES);
    }

    private static LocalDateTime timestamp(String text) {
        try {
            TemporalAccessor parsed = TIMESTAMP.parse(text);
            LocalDateTime local = LocalDateTime.from(parsed);
            return parsed.isSupported(ChronoField.OFFSET_SECONDS)
                    ? local.atOffset(ZoneOffset.from(parsed)).withOffsetSameInstant(ZoneOffset.UTC)
                            .toLocalDateTime()
                    : local;
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "TIMESTAMP is '" + text + "', but must look like 2023-11-16 18:17:03.9799600", e);
        }
    }
}
