package dev.pigou.bench.load.report.text;

import dev.pigou.bench.load.result.RunProgress;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class ProgressLineTest {
    private final StringWriter said = new StringWriter();

    @Test
    void aTerminalsLineIsWrittenOverAndLeavesNothingOfALongerOne() {
        var line = new ProgressLine(new PrintWriter(said), true, "pigou");
        line.update(new RunProgress(1_000_000_000, 1000, 10, 2, 100, 1234.4, 250_000_000));
        line.finish(new RunProgress(2_000_000_000, 1000, 1000, 0, 0, 0, 0));
        assertThat(said.toString()).isEqualTo("\rpigou 1 s: 10/1,000 done, 100 in flight, 1,234 tokens/s, "
                + "TTFT p99 250 ms, 2 failed" + "\rpigou 2 s: 1,000/1,000 done, 0 in flight, 0 tokens/s"
                + " ".repeat(30) + System.lineSeparator());
    }

    @Test
    void elsewhereALineComesEveryTenSeconds() {
        var line = new ProgressLine(new PrintWriter(said), false, "pigou");
        for (int second = 0; second < 25; second++) {
            line.update(new RunProgress(second * 1_000_000_000L, 100, second, 0, 1, 5, 0));
        }
        line.finish(new RunProgress(25_000_000_000L, 100, 100, 0, 0, 5, 0));
        assertThat(said.toString().lines()).map(each -> each.replaceFirst(":.*", ""))
                .containsExactly("pigou 0 s", "pigou 10 s", "pigou 20 s", "pigou 25 s");
    }
}
