package dev.pigou.bench.sim.report;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.Outcome;

/** Counts where welfare is lost. Owned by the simulation's thread. */
final class LossTally {
    private final MachineSettings machine;
    private double refused;
    private double expired;
    private double ownPrefill;
    private double delay;

    LossTally(MachineSettings machine) { this.machine = machine; }

    void add(Outcome outcome) {
        double lost = outcome.request().bid().value() - outcome.credits();
        switch (outcome.fate()) {
            case COMPLETED -> {
                double inevitable = Math.min(lost, ownPrefillLoss(outcome));
                ownPrefill += inevitable;
                delay += lost - inevitable;
            }
            case REFUSED -> refused += lost;
            case EXPIRED -> expired += lost;
        }
    }

    /** What it loses even alone on the machine. */
    private double ownPrefillLoss(Outcome outcome) {
        double seconds = machine.cost().baseSeconds()
                + machine.prefillSeconds(outcome.cachedTokens(), outcome.request().promptTokens());
        return outcome.request().bid().latencyPrice() * seconds;
    }

    RunReport.Losses report() { return new RunReport.Losses(refused, expired, ownPrefill, delay); }
}
