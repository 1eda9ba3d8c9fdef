package dev.pigou.bench.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

final class ComparePoliciesCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--chat 64|1|--chat must be two numbers of at least 2, as 64:32, but is '64'",
            "--long 1:x|1|--long must be two numbers", "--patience 0|1|above 0 and at most 3600 seconds",
            "--volumes 0,-1|1|a volume must be at least 0",
            "--seed 3..1|1|--seed must be a number or a range", "--chat-load 0|1|loads must be above 0",
            "--policies lifo|2|Invalid value", "--model nowhere|1|nowhere"})
    void aWrongFlagIsOneLineThatNamesIt(String flags, int exit, String message) {
        var err = new StringWriter();
        String[] arguments = ("compare-policies --out " + folder.resolve("out") + " " + flags).split(" ");
        assertThat(Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments))
                .as(err.toString()).isEqualTo(exit);
        assertThat(err.toString()).contains(message).hasLineCount(exit);
    }
}
