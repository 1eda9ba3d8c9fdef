package dev.pigou.kvcache;

import org.junit.jupiter.api.Test;

import static dev.pigou.kvcache.RetentionScript.prompt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

final class TailLruRetentionTest {
    private final RetentionScript script = new RetentionScript(10, new TailLruRetention(10, 2));

    @Test
    void theTailsWithinTheBudgetGoFirstHoweverNewTheyAre() {
        script.run(prompt(1, 5));
        script.run(prompt(2, 5));
        script.run(prompt(3, 4));
        assertThat(script.cache.cachedBlocks()).isEqualTo(10);
        assertThat(script.run(prompt(2, 5))).as("two blocks of its tail").isEqualTo(3);
    }

    @Test
    void thenTheOldestOfTheRest() {
        script.run(prompt(1, 5));
        script.run(prompt(2, 5));
        script.run(prompt(3, 7));
        assertThat(script.run(prompt(1, 2))).isZero();
    }

    @Test
    void aTailIsTheEndOfTheLongestSequenceNotOfWhatIsLeftOfIt() {
        script.run(prompt(1, 8));
        script.run(prompt(2, 4));
        script.run(prompt(3, 1));
        assertThat(script.run(prompt(1, 8))).as("two went for the second, and the third takes one of its")
                .isEqualTo(6);
    }

    @Test
    void aBudgetBelowNothingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TailLruRetention(10, -1))
                .withMessageContaining("-1");
    }
}
