package dev.pigou.scheduler.price;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class DemandCurveTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int BLOCKS = 100;
    private static final double MEMORY_SECONDS = 60;
    private static final double DEAR = 10;
    private static final double CHEAP = 1;
    private static final double HALF_AS_DEAR = 5;
    private static final double ALMOST_AS_DEAR = 9; // in the next bin, a quarter below

    private final DemandCurve demand = new DemandCurve(MEMORY_SECONDS);
    private long nowNanos;

    private void recount() {
        demand.recount(nowNanos);
        demand.sum(BLOCKS);
    }

    /** One a second, each of which holds 10 blocks for 3 seconds: 30 blocks on average, give or take the root of 300. */
    private void dearOnes(int count) {
        for (int i = 0; i < count; i++) {
            nowNanos += SECOND;
            demand.arrived(DEAR, 30, nowNanos);
            demand.started(DEAR, 30, 10);
            recount();
        }
    }

    @Test
    void aStreamHoldsItsMemoryByLittlesLaw() {
        dearOnes(600);
        assertThat(demand.reservedBlocks(HALF_AS_DEAR)).isCloseTo(30, within(2.0));
        assertThat(demand.reservedBlocks(DEAR)).as("of its own kind nobody keeps anything free").isZero();
    }

    /** Littlewood's rule: memory is left to whoever is there for four fifths of what may be got for it, and not for a tenth. */
    @Test
    void theLessABidIsWorthTheMoreIsKeptFree() {
        dearOnes(600);
        assertThat(demand.reservedBlocks(CHEAP)).isCloseTo(30 + 1.29 * Math.sqrt(300), within(3.0));
        assertThat(demand.reservedBlocks(ALMOST_AS_DEAR)).isCloseTo(30 - 0.81 * Math.sqrt(300), within(3.0));
        assertThat(demand.reservedBlocks(CHEAP / 1e6)).as("but not all there is").isLessThan(BLOCKS);
    }

    @Test
    void whatItsMembersHoldAlreadyIsNotKeptFreeTwice() {
        dearOnes(600);
        demand.recount(nowNanos);
        demand.holds(DEAR, 25);
        demand.sum(BLOCKS);
        assertThat(demand.reservedBlocks(HALF_AS_DEAR)).isCloseTo(5, within(2.0));
    }

    @Test
    void aStreamThatHasEndedKeepsNothingFree() {
        dearOnes(600);
        nowNanos += 7 * SECOND;
        recount();
        assertThat(demand.reservedBlocks(CHEAP)).as("chance may be so silent").isPositive();
        nowNanos += 3 * SECOND;
        recount();
        assertThat(demand.reservedBlocks(CHEAP)).isZero();
        dearOnes(1);
        assertThat(demand.reservedBlocks(CHEAP)).as("it was only late").isPositive();
    }

    @Test
    void aBurstAtTheStartIsNoStream() {
        for (int i = 0; i < 40; i++) {
            demand.arrived(DEAR, 30, nowNanos);
        }
        nowNanos += SECOND / 4;
        demand.recount(nowNanos);
        demand.waits(DEAR, 600);
        demand.sum(BLOCKS);
        assertThat(demand.waitSeconds(CHEAP)).as("6 s of memory, and 0.6 of it wanted by those above")
                .isBetween(6.0, 20.0);
    }
}
