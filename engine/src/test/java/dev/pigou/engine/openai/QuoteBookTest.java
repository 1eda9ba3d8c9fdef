package dev.pigou.engine.openai;

import dev.pigou.engine.QuotedCost;
import dev.pigou.engine.tenant.Account;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class QuoteBookTest {
    private static final long SECOND = 1_000_000_000L;
    private static final BodyPrint BODY = new BodyPrint(Map.of());

    private static GivenQuote until(long nanos) {
        return new GivenQuote(Account.ANYBODY, BODY, 0, List.of(QuotedCost.NONE), nanos);
    }

    @Test
    void itHoldsNoMoreThanSoManyAndForgetsTheOldestFirst() {
        QuoteBook book = new QuoteBook(3);
        for (int i = 0; i < 5; i++) {
            book.give("quote-" + i, until(5 * SECOND), 0);
        }
        assertThat(book.size()).isEqualTo(3);
        assertThatThrownBy(() -> book.redeem("quote-1", Account.ANYBODY, BODY, 0))
                .hasMessageContaining("lately");
        assertThat(book.redeem("quote-2", Account.ANYBODY, BODY, 0)).isNotNull();
    }

    @Test
    void whatIsLongOverIsForgotten() {
        QuoteBook book = new QuoteBook(100);
        book.give("quote-1", until(5 * SECOND), 0);
        assertThatThrownBy(() -> book.redeem("quote-1", Account.ANYBODY, BODY, 6 * SECOND))
                .hasMessageContaining("any longer");
        book.give("quote-2", until(200 * SECOND), 190 * SECOND);
        assertThat(book.size()).isEqualTo(1);
    }
}
