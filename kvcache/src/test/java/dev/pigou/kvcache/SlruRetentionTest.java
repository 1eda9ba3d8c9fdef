package dev.pigou.kvcache;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class SlruRetentionTest {
    private final SlruRetention slru = new SlruRetention(5);

    @Test
    void whatWasNeverFoundGoesBeforeWhatWas() {
        used(1);
        fresh(2);
        fresh(3);
        slru.checkInvariants(3);

        assertThat(slru.victim(1)).isEqualTo(2);
        assertThat(slru.victim(1)).isEqualTo(3);
        assertThat(slru.victim(1)).isEqualTo(1);
        slru.checkInvariants(0);
    }

    @Test
    void theProtectedThatExceedTheirShareStandInLineAgain() {
        fresh(5);
        for (int block = 1; block <= 4; block++) {
            used(block);
        }
        slru.taken(5, 0);
        slru.reused(5, 0);
        slru.retained(5, 0);
        slru.checkInvariants(5);

        assertThat(slru.victim(1)).as("the oldest of five, where four are protected").isEqualTo(1);
        assertThat(slru.victim(1)).isEqualTo(2);
    }

    @Test
    void anEvictedBlockHasNoPast() {
        used(1);
        fresh(2);
        slru.victim(1);
        slru.victim(1);
        fresh(1);
        used(2);
        assertThat(slru.victim(1)).isEqualTo(1);
    }

    private void fresh(int block) {
        slru.cached(block, 0);
        slru.retained(block, 0);
    }

    private void used(int block) {
        fresh(block);
        slru.taken(block, 0);
        slru.reused(block, 0);
        slru.retained(block, 0);
    }
}
