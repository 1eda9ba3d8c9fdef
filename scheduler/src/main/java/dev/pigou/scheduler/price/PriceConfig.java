package dev.pigou.scheduler.price;

/**
 * Constants of the pricing. Those of time are in seconds.
 *
 * @param auctionSeconds between auctions
 * @param publishedSeconds time constant of the public price
 * @param preemptionMargin a preemption must gain so many times what it seems to destroy; below 1, as that is reckoned
 *     as if nothing of the victim were still in the cache when it comes back
 * @param mostPreemptions of one sequence; after that it is left alone
 * @param demandSeconds over which arriving demand is averaged, to forecast waits
 * @param chunkBases a step takes prompt tokens for so many times the constant part of its time: more make those wait who
 *     come next, fewer waste the constant part
 * @param caution who has just come is refused if so many times the wait that is forecast is longer than he has: the sooner he
 *     knows, the better he can go elsewhere, and who stays is rarely refused later
 * @param leastChance who is refused is told when to come again only if at least this share of like bids came in of late
 * @param resourcePrice the operator's flat price of a second of step time, in credits; 0 charges congestion alone
 */
public record PriceConfig(double auctionSeconds, double publishedSeconds, double preemptionMargin,
        int mostPreemptions, double chunkBases, double demandSeconds, double caution, double leastChance,
        double resourcePrice) {
    public static final PriceConfig DEFAULT = new PriceConfig(0.25, 5, 0.5, 2, 6, 60, 4, 0.95, 0);

    /** The same, at another flat price of step time. */
    public PriceConfig withResourcePrice(double creditsPerSecond) {
        return new PriceConfig(auctionSeconds, publishedSeconds, preemptionMargin, mostPreemptions,
                chunkBases, demandSeconds, caution, leastChance, creditsPerSecond);
    }

    /** The same, but nobody gives way for the sake of who waits; only where memory is short. */
    public PriceConfig withoutMakingWay() {
        return new PriceConfig(auctionSeconds, publishedSeconds, preemptionMargin, 0, chunkBases,
                demandSeconds, caution, leastChance, resourcePrice);
    }
}
