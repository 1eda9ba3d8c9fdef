package dev.pigou.scheduler.price;

import java.util.Arrays;

/**
 * Makes a tenant's credits last: who spends more than he earns bids less until he does not. The multiplier is the shadow
 * price of his budget, found by dual descent (Balseiro and Gur, Man. Sci. 2019), so that equal incomes and one price give
 * everybody what he would not swap for another's share. Owned by the scheduler's thread.
 */
final class Pacing {
    /** A tenant who spends twice what he earns bids half after so many seconds. */
    private static final double SECONDS = 60;
    private static final double MOST = 1000;
    private static final double UNLIMITED = Double.POSITIVE_INFINITY;

    private double[] incomePerSecond = new double[0];
    private double[] multiplier = new double[0];
    private double[] spent = new double[0];
    private long lastNanos;
    private boolean started;

    /** From now on this tenant is to spend no more than this, in the long run; above 0. */
    void limit(int tenantIndex, double creditsPerSecond) {
        int before = multiplier.length;
        if (tenantIndex >= before) {
            multiplier = Arrays.copyOf(multiplier, tenantIndex + 1);
            spent = Arrays.copyOf(spent, tenantIndex + 1);
            incomePerSecond = Arrays.copyOf(incomePerSecond, tenantIndex + 1);
            Arrays.fill(incomePerSecond, before, tenantIndex + 1, UNLIMITED);
        }
        incomePerSecond[tenantIndex] = creditsPerSecond;
    }

    void spent(int tenantIndex, long pico) {
        if (tenantIndex < spent.length) {
            spent[tenantIndex] += Picocredits.credits(pico);
        }
    }

    /** Moves the multipliers by what was spent since the last call. */
    void update(long nowNanos) {
        double seconds = started ? Math.max(0, nowNanos - lastNanos) / 1e9 : 0;
        started = true;
        lastNanos = nowNanos;
        for (int tenant = 0; tenant < multiplier.length; tenant++) {
            double excessSeconds = spent[tenant] / incomePerSecond[tenant] - seconds;
            multiplier[tenant] = Math.clamp(multiplier[tenant] + excessSeconds / SECONDS, 0, MOST);
            spent[tenant] = 0;
        }
    }

    /** By which the tenant's bids are to be multiplied: in (0, 1], and 1 for who is not limited. */
    double factor(int tenantIndex) {
        return tenantIndex < multiplier.length ? 1 / (1 + multiplier[tenantIndex]) : 1;
    }
}
