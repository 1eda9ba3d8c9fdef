package dev.pigou.bench.served;

import dev.pigou.bench.served.ServedRun.Question;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

final class ServedPlanTest {
    private static final List<Rival> ALL = List.of(Rival.values());

    @Test
    void policiesTakeTurnsInAnOrderThatTurnsRound() {
        List<ServedPlan.Entry> entries = new ServedPlan(List.of(Rival.FCFS, Rival.PRICE), List.of(1, 4), 2,
                List.of(7L)).entries();
        assertThat(entries).extracting(ServedPlan.Entry::rival).containsExactly(Rival.FCFS, Rival.PRICE,
                Rival.PRICE, Rival.FCFS, Rival.FCFS, Rival.PRICE);
        assertThat(entries).extracting(ServedPlan.Entry::volume).containsExactly(1, 1, 4, 4, 2, 2);
        assertThat(entries.subList(4, 6)).allMatch(entry -> entry.question() == Question.WELFARE);
    }

    @Test
    void policiesAreAskedTheSameAndNoServerTheSameTwice() {
        List<ServedPlan.Entry> entries = new ServedPlan(ALL, List.of(0, 1, 2, 4), 2, List.of(1L, 2L, 3L))
                .entries();
        assertThat(entries.stream().map(ServedPlan.Entry::fileName)).doesNotHaveDuplicates();
        for (Rival rival : ALL) {
            assertThat(entries.stream().filter(entry -> entry.rival() == rival)
                    .map(ServedPlan.Entry::workloadSeed)).hasSize(15).doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(
                            entries.stream().filter(entry -> entry.rival() == Rival.FCFS)
                                    .map(ServedPlan.Entry::workloadSeed).toList());
        }
    }

    @Test
    void anEmptyPlanIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ServedPlan(ALL, List.of(), 2, List.of(1L)))
                .withMessageContaining("at least one policy, one volume and one seed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServedPlan(ALL, List.of(-1), 2, List.of(1L)))
                .withMessageContaining("a volume must be at least 0");
    }
}
