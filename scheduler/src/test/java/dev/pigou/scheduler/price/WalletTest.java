package dev.pigou.scheduler.price;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class WalletTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long CREDIT = 1_000_000_000_000L;

    private final Wallet wallet = new Wallet(new Allowance(2, 10, 3, 0), 0);

    @Test
    void earningsComeWithTimeUpToTheCap() {
        assertThat(wallet.availablePico(0)).isEqualTo(3 * CREDIT);
        assertThat(wallet.availablePico(SECOND)).isEqualTo(5 * CREDIT);
        assertThat(wallet.availablePico(100 * SECOND)).isEqualTo(10 * CREDIT);
    }

    @Test
    void aThousandGlancesEarnNoMoreAndNoLessThanOne() {
        for (long nanos = 0; nanos < SECOND; nanos += 999_983) {
            wallet.availablePico(nanos);
        }
        assertThat(wallet.availablePico(SECOND)).isEqualTo(5 * CREDIT);
    }

    @Test
    void aClockThatJumpsBackEarnsNothingAndGoesOnFromThere() {
        assertThat(wallet.availablePico(SECOND)).isEqualTo(5 * CREDIT);
        assertThat(wallet.availablePico(-1000 * SECOND)).isEqualTo(5 * CREDIT);
        assertThat(wallet.availablePico(-999 * SECOND)).isEqualTo(7 * CREDIT);
    }

    @Test
    void agesFillTheWalletWithoutOverflow() {
        assertThat(wallet.availablePico(Long.MAX_VALUE)).isEqualTo(10 * CREDIT);
    }

    @Test
    void theLastCreditCannotBeHeldTwice() {
        wallet.hold(3 * CREDIT);
        assertThat(wallet.availablePico(0)).isZero();
        assertThatThrownBy(() -> wallet.hold(1)).isInstanceOf(IllegalStateException.class);
        wallet.settle(3 * CREDIT, CREDIT);
        assertThat(wallet.availablePico(0)).isEqualTo(2 * CREDIT);
        assertThat(wallet.heldPico()).isZero();
    }

    @Test
    void whatCostsMoreThanWasHeldLeavesADebtNoLargerThanTheCap() {
        wallet.hold(CREDIT);
        assertThat(wallet.mostDuePico(CREDIT, 0)).isEqualTo(13 * CREDIT);
        assertThatThrownBy(() -> wallet.settle(CREDIT, 13 * CREDIT + 1))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> wallet.settle(2 * CREDIT, 0)).isInstanceOf(IllegalStateException.class);
        wallet.settle(CREDIT, 13 * CREDIT);
        assertThat(wallet.availablePico(0)).isEqualTo(-10 * CREDIT);
        assertThat(wallet.secondsUntil(2 * CREDIT, 0)).isEqualTo(6);
        assertThat(wallet.availablePico(6 * SECOND)).isEqualTo(2 * CREDIT);
    }

    @Test
    void whenItWillHoldEnoughIsForeseen() {
        wallet.hold(3 * CREDIT);
        assertThat(wallet.secondsUntil(4 * CREDIT, 0)).isEqualTo(2);
        assertThat(wallet.secondsAtBest(4 * CREDIT, 0)).isEqualTo(0.5);
        assertThat(wallet.secondsUntil(11 * CREDIT, 0)).isInfinite();
        assertThat(wallet.availablePico(2 * SECOND)).isEqualTo(4 * CREDIT);
    }

    @Test
    void whoEarnsNothingNeverWillHaveMore() {
        Wallet dry = new Wallet(new Allowance(0, 10, 1, 0), 0);
        assertThat(dry.secondsUntil(CREDIT, 0)).isZero();
        assertThat(dry.secondsUntil(CREDIT + 1, 0)).isInfinite();
    }

    @Test
    void allowancesThatAreNoneAreRefusedByName() {
        assertThatThrownBy(() -> new Allowance(Double.NaN, 1, 1, 0)).hasMessageContaining("refill_per_second")
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Allowance(1, -1, 1, 0)).hasMessageContaining("cap");
        assertThatThrownBy(() -> new Allowance(1, 1e9, 1, 0)).hasMessageContaining("cap");
        assertThatThrownBy(() -> new Allowance(1, 1, 1, 1.5)).hasMessageContaining("floor_share");
    }
}
