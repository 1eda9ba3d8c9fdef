package dev.pigou.engine.ledger;

import dev.pigou.engine.Bill;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Refusal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LedgerRowTest {
    private static final long CREDIT = 1_000_000_000_000L;
    private static final Booking BOOKING = new Booking("cmpl-1", "llama", "flex", "default", 7, 100);

    private static LedgerRow row(FinishReason reason, Bill bill, Refusal.Reason why, double price) {
        return LedgerRow.of(BOOKING, 2, Rows.ending(reason, bill, new Refusal(why, 1, price)), 200);
    }

    private static LedgerRow row(FinishReason reason, Bill bill) {
        return LedgerRow.of(BOOKING, 2, Rows.ending(reason, bill, null), 200);
    }

    @Test
    void anAnswerIsBookedWithAllItsParts() {
        LedgerRow row = row(FinishReason.STOP, new Bill(100, 20, 3, 120));
        assertThat(row).isEqualTo(new LedgerRow("cmpl-1", 2, 100, 200, "carol", "llama", "stop", null, "flex",
                "default", 7, 4, 9, 1, 2_000_000_000L, 2 * CREDIT, 100, 20, 3, 3, CREDIT / 2, 0, 0));
        assertThat(row.duePico()).isEqualTo(120);
        assertThat(row.surplusPico()).isEqualTo(2 * CREDIT - CREDIT / 2 - 120);
    }

    @Test
    void whatGaveNoAnswerIsWorthNothingAndRegretsItsCosts() {
        LedgerRow row = row(FinishReason.CANCELLED, new Bill(100, 20, 3, 120));
        assertThat(row.valuePico()).isZero();
        assertThat(row.latencyPico()).isZero();
        assertThat(row.regretPico()).as("not asking would have cost nothing").isEqualTo(120);
    }

    @Test
    void anAnswerThatCostMoreThanItWasWorthRegretsTheDifference() {
        LedgerRow row = row(FinishReason.LENGTH, new Bill(2 * CREDIT, 0, 0, 2 * CREDIT));
        assertThat(row.surplusPico()).isEqualTo(-CREDIT / 2);
        assertThat(row.regretPico()).isEqualTo(CREDIT / 2);
    }

    @Test
    void aRefusalRegretsWhatTheAnswerWouldHaveLeft() {
        LedgerRow cheap = row(FinishReason.REFUSED, Bill.NOTHING, Refusal.Reason.OUT_OF_BUDGET, 1);
        assertThat(cheap.refusal()).isEqualTo("out_of_budget");
        assertThat(cheap.regretPico()).isEqualTo(CREDIT / 2);
        assertThat(row(FinishReason.REFUSED, Bill.NOTHING, Refusal.Reason.PRICE_TOO_HIGH, 9).regretPico())
                .as("it was right not to pay").isZero();
        assertThat(
                row(FinishReason.REFUSED, Bill.NOTHING, Refusal.Reason.NO_CAPACITY, Double.POSITIVE_INFINITY)
                        .regretPico())
                .isZero();
    }

    @Test
    void anAbsurdValueDoesNotOverflowTheBooks() {
        LedgerRow row = LedgerRow.of(BOOKING, 0,
                Rows.ending(FinishReason.STOP, Bill.NOTHING, null, Double.MAX_VALUE), 0);
        assertThat(row.latencyPico()).isZero();
    }
}
