package dev.pigou.kvcache;

import org.junit.jupiter.api.Test;

import static dev.pigou.kvcache.RetentionScript.prompt;
import static org.assertj.core.api.Assertions.assertThat;

final class GdsfRetentionTest {
    private final RetentionScript script = new RetentionScript(6,
            new GdsfRetention(6, PrefillCost.linear(1, 1)));

    @Test
    void theShallowGoBeforeTheDeep() {
        script.run(prompt(1, 4)); // leaf worth 4
        script.run(prompt(2, 2)); // leaf worth 2
        script.run(prompt(3, 1));
        assertThat(script.run(prompt(1, 4))).isEqualTo(4);
        assertThat(script.run(prompt(2, 2))).isEqualTo(1);
    }

    @Test
    void manyUsesMakeUpForDepth() {
        script.run(prompt(1, 4));
        script.run(prompt(2, 2));
        script.run(prompt(2, 2));
        script.run(prompt(2, 2)); // leaf worth 3 * 2
        script.run(prompt(3, 1));
        assertThat(script.run(prompt(2, 2))).isEqualTo(2);
        assertThat(script.run(prompt(1, 4))).isEqualTo(3);
    }

    @Test
    void whatWasWorthMuchLongAgoGoesAtLast() {
        script.run(prompt(1, 2));
        script.run(prompt(1, 2)); // leaf worth 4
        for (int name = 2; name < 12; name++) {
            script.run(prompt(name, 3)); // leaves worth 3, more with each victim
        }
        assertThat(script.run(prompt(1, 2))).isZero();
    }
}
