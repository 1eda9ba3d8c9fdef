package dev.pigou.scheduler.estimate;

/** How long outputs get, as hazards by {@link LengthBins}: what a {@link SurvivalTable} falls back on. */
interface LengthLaw {
    /** Chance that an output ends in the bin if it gets there; in [0, 1]. */
    double hazard(int bin);

    /** Changes whenever a hazard may have changed. */
    int version();

    /**
     * The law before anything was observed: log-logistic, S(t) = 1 / (1 + (t / median)^shape). Its tail is heavy,
     * as that of output lengths is (log-t in arXiv 2604.00499), and so it expects more the more has come.
     */
    static LengthLaw prior(double medianTokens, double shape) {
        double[] hazards = new double[LengthBins.COUNT];
        for (int bin = 0; bin < hazards.length; bin++) {
            double from = Math.max(0, LengthBins.from(bin) - 1);
            double to = LengthBins.from(bin + 1) - 1;
            double reached = 1 + Math.pow(from / medianTokens, shape);
            double passed = 1 + Math.pow(to / medianTokens, shape);
            hazards[bin] = 1 - reached / passed;
        }
        return new LengthLaw() {
            @Override
            public double hazard(int bin) { return hazards[bin]; }

            @Override
            public int version() { return 0; }
        };
    }
}
