package dev.pigou.scheduler.price;

/** Bins for densities, in credits a block-second, that grow by a quarter from one to the next over 24 orders of magnitude. */
final class DensityBins {
    static final int COUNT = 256;

    private static final double LOWEST = 1e-12;
    private static final double PER_E_FOLD = 1 / Math.log(1.25);

    private DensityBins() {}

    /** The bin of a density, in [0, COUNT). */
    static int of(double density) {
        return density > LOWEST ? Math.min(COUNT - 1, (int) (Math.log(density / LOWEST) * PER_E_FOLD)) : 0;
    }
}
