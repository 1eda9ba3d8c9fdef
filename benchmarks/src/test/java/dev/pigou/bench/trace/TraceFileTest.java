package dev.pigou.bench.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class TraceFileTest {
    private static final String PLAIN = "arrival_s,tenant,input_tokens,output_tokens\n";

    @TempDir
    private Path folder = Path.of("");

    @Test
    void mooncakesHashesAreReadWithTheirBlockSize() throws IOException {
        Trace trace = read("""
                {"timestamp": 27482, "input_length": 600, "output_length": 52, "hash_ids": [46, 47]}
                {"timestamp": 30535, "input_length": 1024, "output_length": 26, "hash_ids": [46, 48]}
                """);
        assertThat(trace.blockTokens()).isEqualTo(512);
        assertThat(trace.rows().get(0).blockHashes()).containsExactly(46, 47);
        assertThat(trace.rows().get(1).blockHashes()).containsExactly(46, 48);
        assertThat(trace.rows().get(1).arrivalSeconds()).isCloseTo(3.053, within(1e-9));
        assertThat(trace.rows().get(1).inputTokens()).isEqualTo(1024);
        assertThat(trace.rows().get(1).outputTokens()).isEqualTo(26);
    }

    @ParameterizedTest
    @CsvSource({"2023-11-16 23:59:59.9799600,2023-11-17 00:00:00.4799600", // seven decimals, over midnight
            "2024-05-10 00:00:00.009930+00:00,2024-05-10 02:00:00.50993+02:00", // six, with zones
            "2024-05-10T00:00:00Z,2024-05-10 00:00:00.5"})
    void azuresTimestampsOfAnyWidthAreReadToTheLastDecimal(String first, String second) throws IOException {
        Trace trace = read(
                "TIMESTAMP,ContextTokens,GeneratedTokens\r\n" + first + ",374,44\r\n" + second + ",396,109");
        assertThat(trace.rows()).hasSize(2);
        assertThat(trace.rows().get(1).arrivalSeconds()).isCloseTo(0.5, within(1e-9));
        assertThat(trace.rows().get(1).inputTokens()).isEqualTo(396);
        assertThat(trace.rows().get(1).outputTokens()).isEqualTo(109);
    }

    @Test
    void rowsOutOfOrderAreSortedAndTheClockStartsWithTheFirst() throws IOException {
        Trace trace = read(PLAIN + "7.5,late,5,6\n\n5.0,early,3,4\n");
        assertThat(trace.rows()).extracting(TraceRow::tenant).containsExactly("early", "late");
        assertThat(trace.rows()).extracting(TraceRow::arrivalSeconds).containsExactly(0.0, 2.5);
    }

    @Test
    void aCsvNeedsNoTenantsAndNoOrderOfColumns() throws IOException {
        Trace trace = read("output_tokens,arrival_s,input_tokens\n6,1.5,5\n");
        assertThat(trace.rows().getFirst().tenant()).isEmpty();
        assertThat(trace.rows().getFirst().inputTokens()).isEqualTo(5);
        assertThat(trace.rows().getFirst().outputTokens()).isEqualTo(6);
    }

    @Test
    void lengthsOfZeroAreRaisedToOneSinceNoServerTakesThem() throws IOException {
        TraceRow row = read(PLAIN + "0,a,0,0\n").rows().getFirst();
        assertThat(row.inputTokens()).isEqualTo(1);
        assertThat(row.outputTokens()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0.5,a,12|has 3 values, but the header names 4 columns",
            "0.5,a,twelve,1|input_tokens is 'twelve', but must be a whole number",
            "0.5,a,12,-1|output_tokens is '-1', but must be a whole number, at least 0",
            "NaN,a,12,1|arrival_s is 'NaN', but must be a number of seconds"})
    void aBrokenLineIsNamedWithItsNumber(String line, String wrong) {
        assertThatThrownBy(() -> read(PLAIN + "0,a,1,1\n\n" + line + "\n1,a,1,1\n"))
                .isInstanceOf(BrokenFileException.class).hasMessageContaining("trace:4: " + wrong).message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"timestamp\": 0, \"input_leng|is not valid JSON",
            "{\"timestamp\": 0, \"output_length\": 1}|input_length is missing",
            "{\"timestamp\": \"0\", \"input_length\": 1, \"output_length\": 1}|timestamp is \"0\", but must be",
            "{\"timestamp\": 0, \"input_length\": 512, \"output_length\": 1, \"hash_ids\": [1, 2]}|has 2 hash_ids, but"})
    void aBrokenJsonLineIsNamedWithItsNumber(String line, String wrong) {
        assertThatThrownBy(
                () -> read("{\"timestamp\": 0, \"input_length\": 1, \"output_length\": 1}\n" + line))
                .isInstanceOf(BrokenFileException.class).hasMessageContaining("trace:2: " + wrong).message()
                .doesNotContain("\n");
    }

    @Test
    void whatIsNoTraceIsToldWhatOneLooksLike() {
        assertThatThrownBy(() -> read("id,text\n1,hello\n"))
                .hasMessageContaining("trace:1: this begins no trace").hasMessageContaining("arrival_s");
        assertThatThrownBy(() -> read("")).hasMessageEndingWith("trace: holds no request");
        assertThatThrownBy(() -> TraceFile.read(folder.resolve("absent")))
                .hasMessageEndingWith("absent: there is no such file");
    }

    @Test
    void aCoarseClockIsNoticedAndItsVolleysSpreadInOrder() throws IOException {
        var lines = new StringBuilder(PLAIN);
        for (int i = 0; i < 300; i++) {
            lines.append(3 * (i / 10)).append(",t").append(i).append(",1,1\n");
        }
        Trace trace = read(lines.toString());
        long seed = 11;
        Trace spread = trace.spread(trace.tickSeconds(), seed);

        assertThat(trace.tickSeconds()).isEqualTo(3);
        assertThat(spread.rows()).as("seed %d", seed).extracting(TraceRow::tenant)
                .isEqualTo(trace.rows().stream().map(TraceRow::tenant).toList());
        assertThat(spread.rows().stream().mapToDouble(TraceRow::arrivalSeconds).distinct().count())
                .isEqualTo(300);
        assertThat(spread.tickSeconds()).isZero();
        assertThat(arrivals(spread)).isEqualTo(arrivals(trace.spread(trace.tickSeconds(), seed)));
    }

    private static List<Double> arrivals(Trace trace) {
        return trace.rows().stream().map(TraceRow::arrivalSeconds).toList();
    }

    private Trace read(String content) throws IOException {
        Path file = folder.resolve("trace");
        Files.writeString(file, content);
        return TraceFile.read(file);
    }
}
