package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Tenant;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class RebatesTest {
    private static final long CREDIT = 1_000_000_000_000L;

    private final Wallets wallets = new Wallets();
    private final Pacing pacing = new Pacing();
    private final Rebates rebates = new Rebates();

    private Wallet wallet(int tenant, double share, double cap) {
        Wallet wallet = new Wallet(new Allowance(0, cap, 1, 0), 0);
        wallets.open(tenant, wallet);
        rebates.admit(new Tenant(tenant, "t" + tenant, share));
        return wallet;
    }

    @Test
    void equalSharesGetEqualRebatesAndWhatDoesNotDivideWaits() {
        Wallet one = wallet(1, 1, 100);
        Wallet two = wallet(2, 1, 100);
        rebates.paid(7);
        rebates.payOut(wallets, pacing);
        assertThat(one.balancePico()).isEqualTo(CREDIT + 3);
        assertThat(two.balancePico()).isEqualTo(CREDIT + 3);
        assertThat(rebates.pendingPico()).isEqualTo(1);
        rebates.paid(1);
        rebates.payOut(wallets, pacing);
        assertThat(one.balancePico()).isEqualTo(CREDIT + 4);
        assertThat(rebates.pendingPico()).isZero();
    }

    @Test
    void sharesCount() {
        Wallet one = wallet(1, 1, 100);
        Wallet three = wallet(4, 3, 100);
        rebates.paid(8 * CREDIT);
        rebates.payOut(wallets, pacing);
        assertThat(one.balancePico()).isEqualTo(3 * CREDIT);
        assertThat(three.balancePico()).isEqualTo(7 * CREDIT);
    }

    @Test
    void whatIsAboveTheCapIsLost() {
        Wallet full = wallet(0, 1, 1);
        rebates.paid(CREDIT);
        rebates.payOut(wallets, pacing);
        assertThat(full.balancePico()).isEqualTo(CREDIT);
    }

    @Test
    void withoutWalletsNothingIsHandedBack() {
        rebates.paid(CREDIT);
        rebates.payOut(wallets, pacing);
        assertThat(rebates.pendingPico()).isEqualTo(CREDIT);
    }

    /** Through the treasury: one pays, both get half of it. */
    @Test
    void aHouseThatRebatesHandsBackWhatIsPaid() {
        House house = new House(60, House.resourcePrice(2));
        house.treasury().rebateByShare();
        house.treasury().open(House.ANN, new Allowance(0, 10, 5, 0), 0);
        house.treasury().open(House.BEN, new Allowance(0, 10, 5, 0), 0);
        var sequence = house.add(House.bid(House.ANN, 1), 40, 20);
        house.runUntilEnded(sequence);
        house.nowNanos += House.SECOND;
        house.scheduler.idle(house.nowNanos);
        double paid = Picocredits.credits(sequence.charge().duePico());
        assertThat(paid).isPositive();
        assertThat(house.treasury().available(House.ANN, house.nowNanos)).isCloseTo(5 - paid / 2,
                within(1e-11));
        assertThat(house.treasury().available(House.BEN, house.nowNanos)).isCloseTo(5 + paid / 2,
                within(1e-11));
    }
}
