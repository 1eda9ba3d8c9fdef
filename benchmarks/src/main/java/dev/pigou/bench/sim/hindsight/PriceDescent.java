package dev.pigou.bench.sim.hindsight;

/**
 * Improves prices until the bound hardly falls any more: steps along the excess demand, whose length follows from how far the
 * bound is believed to be from its least value (Polyak's rule with a target that comes closer when steps fail), deflected so
 * that two steps do not undo each other (Camerini, Fratta and Maffioli, 1975). Prices are scaled so that a slot's whole
 * memory and its whole time are one unit each. Owned by one thread.
 */
final class PriceDescent {
    private static final double FIRST_AMBITION = 0.05;
    private static final double LEAST_AMBITION = 1e-5;
    private static final int PATIENCE = 12;
    private static final double DEFLECTION = 1.5;

    private final Instance instance;
    private final DualBound dual;
    private SlotAmounts prices;
    private final SlotAmounts direction;
    private SlotAmounts best;
    private double bestBound;

    PriceDescent(Instance instance, DualBound dual, SlotAmounts start) {
        this.instance = instance;
        this.dual = dual;
        prices = start.copy();
        best = start.copy();
        direction = SlotAmounts.zeros(instance.slots().count());
        bestBound = dual.at(prices);
    }

    /** Credits. */
    double bestBound() { return bestBound; }

    SlotAmounts bestPrices() { return best; }

    /** Hears how it goes. */
    interface Progress {
        void at(int step, double bestBound);
    }

    /** Takes at most so many steps, and returns how many it took. */
    int run(int steps, Progress progress) {
        double ambition = FIRST_AMBITION;
        int failures = 0;
        double bound = dual.at(prices);
        for (int step = 0; step < steps; step++) {
            progress.at(step, bestBound);
            deflect();
            double length = (bound - bestBound * (1 - ambition)) / squaredLength();
            if (!(length > 0) || length == Double.POSITIVE_INFINITY) {
                return step; // nobody wants more than there is, nor less
            }
            move(length);
            bound = dual.at(prices);
            if (bound < bestBound * (1 - ambition / 20)) {
                failures = 0;
            } else if (++failures >= PATIENCE) {
                failures = 0;
                ambition /= 2;
            }
            if (bound < bestBound) {
                bestBound = bound;
                best = prices.copy();
            }
            if (ambition < LEAST_AMBITION) {
                return step + 1;
            }
            if (failures == 0 && ambition < FIRST_AMBITION && bound > bestBound) {
                prices = best.copy();
                direction.clear();
                bound = dual.at(prices);
            }
        }
        return steps;
    }

    /** The new direction: excess demand, and of the old direction as much as keeps the angle below a right one. */
    private void deflect() {
        double along = 0;
        for (int slot = 0; slot < direction.memory().length; slot++) {
            along += direction.memory()[slot] * memoryExcess(slot)
                    + direction.time()[slot] * timeExcess(slot);
        }
        double squared = squaredLength();
        double kept = along < 0 && squared > 0 ? -DEFLECTION * along / squared : 0;
        for (int slot = 0; slot < direction.memory().length; slot++) {
            direction.memory()[slot] = kept * direction.memory()[slot] + memoryExcess(slot);
            direction.time()[slot] = kept * direction.time()[slot] + timeExcess(slot);
        }
    }

    /** Demand beyond what there is, in shares of it; no price falls below 0, so demand that lacks there is none. */
    private double memoryExcess(int slot) {
        double excess = dual.demand().memory()[slot] / instance.memoryCapacity() - 1;
        return prices.memory()[slot] > 0 ? excess : Math.max(0, excess);
    }

    private double timeExcess(int slot) {
        double excess = dual.demand().time()[slot] / instance.timeCapacity() - 1;
        return prices.time()[slot] > 0 ? excess : Math.max(0, excess);
    }

    private double squaredLength() {
        double sum = 0;
        for (int slot = 0; slot < direction.memory().length; slot++) {
            sum += direction.memory()[slot] * direction.memory()[slot]
                    + direction.time()[slot] * direction.time()[slot];
        }
        return sum;
    }

    private void move(double length) {
        for (int slot = 0; slot < direction.memory().length; slot++) {
            prices.memory()[slot] = Math.max(0,
                    prices.memory()[slot] + length * direction.memory()[slot] / instance.memoryCapacity());
            prices.time()[slot] = Math.max(0,
                    prices.time()[slot] + length * direction.time()[slot] / instance.timeCapacity());
        }
    }
}
