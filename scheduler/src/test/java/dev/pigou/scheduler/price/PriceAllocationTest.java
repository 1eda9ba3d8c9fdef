package dev.pigou.scheduler.price;

import com.sun.management.ThreadMXBean;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Tenant;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class PriceAllocationTest {
    private static final int WINDOWS = 5;
    private static final int STEPS_PER_WINDOW = 20;

    /** Six run for long, and memory is full; a dozen wait, of tenants with wallets and without, and auctions are held. */
    @Test
    void aStepOfAuctionsAndMeteringAllocatesNothing() {
        House house = new House(200, House.resourcePrice(0.1));
        house.treasury().open(House.ANN, new Allowance(1, 100, 100, 0.01), 0);
        house.treasury().open(House.BEN, new Allowance(0, 0, 0, 0), 0);
        for (int i = 0; i < 6; i++) {
            add(house, House.ANN, 1000);
        }
        house.step();
        for (int i = 0; i < 12; i++) {
            add(house, i % 2 == 0 ? House.BEN : Tenant.ANYBODY, 0.001);
        }
        run(house, STEPS_PER_WINDOW);
        long least = Long.MAX_VALUE; // the JVM itself may allocate a little when it swaps compiled code in
        for (int window = 0; window < WINDOWS; window++) {
            least = Math.min(least, bytesAllocated(house));
        }
        assertThat(house.scheduler.waitingCount()).isPositive();
        assertThat(least).as("bytes in %d steps", STEPS_PER_WINDOW).isZero();
    }

    private static void add(House house, Tenant tenant, double value) {
        int[] prompt = new int[20];
        Arrays.fill(prompt, 1 + house.sequences.size());
        Bid bid = new Bid(tenant, value, 1e-6, Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0);
        house.add(house.make(bid, prompt, 150));
    }

    private static long bytesAllocated(House house) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        run(house, STEPS_PER_WINDOW);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void run(House house, int steps) {
        for (int step = 0; step < steps; step++) {
            house.scheduler.apply(house.scheduler.plan(house.nowNanos), house.result, house.nowNanos);
            house.nowNanos += House.SECOND / 20;
        }
    }
}
