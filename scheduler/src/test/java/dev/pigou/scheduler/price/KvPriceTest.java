package dev.pigou.scheduler.price;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class KvPriceTest {
    private static final long SECOND = 1_000_000_000L;

    private final KvPrice price = new KvPrice(PriceConfig.DEFAULT);

    @Test
    void whenNobodyIsKeptOutTheWaitingPartIsZeroAtOnceWhateverWasBefore() {
        for (int t = 0; t < 60; t++) {
            price.update(5, 0, t * SECOND);
        }
        assertThat(price.waiting()).isEqualTo(5);
        price.update(0, 0, 60 * SECOND);
        assertThat(Double.doubleToRawLongBits(price.waiting())).isZero();
        assertThat(price.published()).as("the public price follows smoothly").isBetween(1.0, 5.0);
    }

    @Test
    void whatEvictionWouldDestroyHasAPriceWithAnEmptyQueue() {
        price.update(0, 0.25, 0);
        assertThat(price.waiting()).isZero();
        assertThat(price.cache()).isEqualTo(0.25);
        assertThat(price.now()).isEqualTo(0.25);
    }

    @Test
    void aClockThatJumpsBackChangesNothing() {
        price.update(5, 0, 100 * SECOND);
        double before = price.published();
        price.update(5, 0, 0);
        assertThat(price.published()).isEqualTo(before);
    }
}
