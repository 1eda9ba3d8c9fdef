package dev.pigou.scheduler.price;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class PriceBoardTest {
    private static final int WRITES = 200_000;

    @Test
    void beforeTheFirstAuctionAllIsFree() { assertThat(new PriceBoard().read()).isEqualTo(PriceVector.ZERO); }

    /** All figures of one writing are equal, so a mixture of two shows. */
    @Test
    void nobodyReadsHalfOfOneVectorAndHalfOfAnother() throws InterruptedException {
        PriceBoard board = new PriceBoard();
        KvPrice kv = new KvPrice(PriceConfig.DEFAULT);
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (int i = 0; i < WRITES; i++) {
                kv.update(0, i, i);
                board.write(i, kv, i, i);
            }
            done.set(true);
        });
        writer.start();
        while (!done.get()) {
            PriceVector read = board.read();
            assertThat(read.kvCache()).isEqualTo((double) read.nanos()).isEqualTo(read.prefill())
                    .isEqualTo(read.decode());
        }
        writer.join();
        assertThat(board.read().nanos()).isEqualTo(WRITES - 1);
    }
}
