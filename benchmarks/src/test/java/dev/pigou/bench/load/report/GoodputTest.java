package dev.pigou.bench.load.report;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class GoodputTest {
    @Test
    void objectivesMayComeInOneStringOrInMany() {
        assertThat(Goodput.parse(List.of("ttft:200 tpot:50", "e2el:3000.5")))
                .hasToString("ttft:200 tpot:50 e2el:3000.5");
        assertThat(Goodput.parse(List.of())).isEqualTo(Goodput.NONE);
    }

    @ParameterizedTest
    @CsvSource({"ttft,'ttft'", "itl:3,'itl'", "ttft:-1,'ttft:-1'", "ttft:fast,'ttft:fast'",
            "ttft:NaN,'ttft:NaN'", "ttft:1 ttft:2,two objectives for ttft"})
    void anObjectiveThatCannotBeReadIsNamed(String objective, String named) {
        assertThatThrownBy(() -> Goodput.parse(List.of(objective)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(named)
                .hasMessageContaining("--goodput");
    }
}
