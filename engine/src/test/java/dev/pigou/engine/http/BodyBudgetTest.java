package dev.pigou.engine.http;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(100);

    @Test
    void allBodiesTogetherAreBounded() {
        BodyBudget.Share first = budget.open();
        BodyBudget.Share second = budget.open();
        assertThat(first.tryGrow(60)).isTrue();
        assertThat(second.tryGrow(41)).isFalse();
        assertThat(second.tryGrow(40)).as("what was refused was not kept").isTrue();
        first.close();
        assertThat(second.tryGrow(60)).isTrue();
    }

    @Test
    void aShareGivenBackTwiceIsGivenBackOnce() {
        BodyBudget.Share first = budget.open();
        BodyBudget.Share second = budget.open();
        assertThat(first.tryGrow(50)).isTrue();
        assertThat(second.tryGrow(50)).isTrue();
        first.close();
        first.close();
        assertThat(budget.open().tryGrow(51)).isFalse();
        assertThat(budget.open().tryGrow(50)).isTrue();
        second.close();
    }
}
