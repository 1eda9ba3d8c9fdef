package dev.pigou.kvcache;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class LruRetentionTest {
    private final LruRetention lru = new LruRetention(5);

    @Test
    void theBlockRetainedLongestIsTheVictim() {
        lru.retained(3, 0);
        lru.retained(1, 0);
        lru.retained(5, 0);
        lru.checkInvariants(3);

        assertThat(lru.victim(1)).isEqualTo(3);
        assertThat(lru.victim(1)).isEqualTo(1);
        lru.checkInvariants(1);
    }

    @Test
    void aBlockThatWasTakenAndRetainedAgainIsTheNewest() {
        lru.retained(3, 0);
        lru.retained(1, 0);
        lru.taken(3, 1);
        lru.retained(3, 2);

        assertThat(lru.victim(3)).isEqualTo(1);
        assertThat(lru.victim(3)).isEqualTo(3);
        lru.checkInvariants(0);
    }

    @Test
    void aDiscardedBlockIsNoVictim() {
        lru.retained(3, 0);
        lru.retained(1, 0);
        lru.discarded(3, 1);
        assertThat(lru.victim(1)).isEqualTo(1);
    }

    @Test
    void aMissingBlockIsNoticed() {
        lru.retained(3, 0);
        assertThatThrownBy(() -> lru.checkInvariants(2)).isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("I11");
    }
}
