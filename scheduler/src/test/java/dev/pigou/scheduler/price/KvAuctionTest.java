package dev.pigou.scheduler.price;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class KvAuctionTest {
    private record Bid(double density, int blocks) {}

    @Test
    void thePriceIsTheDensityOfTheFirstWhoIsKeptOut() {
        KvAuction auction = new KvAuction();
        auction.bid(3, 10);
        auction.bid(1, 10);
        auction.bid(2, 10);
        assertThat(auction.clearingDensity(25)).isEqualTo(1);
        assertThat(auction.clearingDensity(20)).as("two fit whole, the third not at all").isEqualTo(1);
        assertThat(auction.clearingDensity(19)).isEqualTo(2);
        assertThat(auction.clearingDensity(5)).isEqualTo(3);
    }

    @Test
    void withRoomForAllThePriceIsZeroBitForBit() {
        KvAuction auction = new KvAuction();
        auction.bid(3, 10);
        auction.bid(1, 10);
        assertThat(Double.doubleToRawLongBits(auction.clearingDensity(20))).isZero();
        auction.clear();
        assertThat(Double.doubleToRawLongBits(auction.clearingDensity(0))).isZero();
    }

    @Test
    void selectionFindsWhatSortingFinds() {
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            KvAuction auction = new KvAuction();
            List<Bid> bids = new ArrayList<>();
            for (int i = random.nextInt(60); i > 0; i--) {
                Bid bid = new Bid(1 + random.nextInt(random.nextBoolean() ? 5 : 1000),
                        1 + random.nextInt(20));
                bids.add(bid);
                auction.bid(bid.density(), bid.blocks());
            }
            int capacity = random.nextInt(600);
            assertThat(auction.clearingDensity(capacity)).as("seed %d", seed)
                    .isEqualTo(sorted(bids, capacity));
        }
    }

    private static double sorted(List<Bid> bids, int capacity) {
        int sum = 0;
        for (Bid bid : bids.stream().sorted(Comparator.comparingDouble(Bid::density).reversed()).toList()) {
            sum += bid.blocks();
            if (sum > capacity) {
                return bid.density();
            }
        }
        return 0;
    }
}
