package dev.pigou.scheduler.price;

/**
 * What a tenant is entitled to. Money in credits.
 *
 * @param refillPerSecond that its wallet earns
 * @param cap most that its wallet holds; what is earned beyond is lost
 * @param balance that its wallet begins with
 * @param floorShare of all KV memory that it may have for nothing after some waiting, in [0, 1]
 */
public record Allowance(double refillPerSecond, double cap, double balance, double floorShare) {
    public Allowance {
        requireCredits(refillPerSecond, "refill_per_second");
        requireCredits(cap, "cap");
        requireCredits(balance, "balance");
        if (!(floorShare >= 0 && floorShare <= 1)) {
            throw new IllegalArgumentException("floor_share must be in [0, 1], but is " + floorShare);
        }
    }

    private static void requireCredits(double credits, String field) {
        double most = Picocredits.credits(Picocredits.MOST);
        if (!(credits >= 0 && credits <= most)) {
            throw new IllegalArgumentException(
                    field + " must be between 0 and " + (long) most + " credits, but is " + credits);
        }
    }
}
