package dev.pigou.bench.sim;

import dev.pigou.bench.sim.ablation.Ablations;
import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.estimate.StepCostModel;
import dev.pigou.scheduler.policy.DensityPolicy;
import dev.pigou.scheduler.policy.FcfsPolicy;
import dev.pigou.scheduler.policy.PriorityPolicy;
import dev.pigou.scheduler.policy.SjfPolicy;
import dev.pigou.scheduler.policy.VtcPolicy;
import dev.pigou.scheduler.price.PriceConfig;
import dev.pigou.scheduler.price.PricePolicy;
import java.util.List;

/** The scheduling policies by name. */
public final class Policies {
    private static final List<String> NAMES = List.of("fcfs", "priority", "vtc", "density", "sjf", "price");
    private static final String VARIANT = "price/";
    /** Steps that the truth about their cost counts for, before a policy has seen any. */
    private static final double PRIOR_STEPS = 8;

    private Policies() {}

    /**
     * A new policy.
     *
     * @param known what a policy may know beforehand
     * @throws IllegalArgumentException if there is no policy of this name
     */
    public static SchedulingPolicy named(String name, Known known) {
        if (name.startsWith(VARIANT)) {
            return variant(name.substring(VARIANT.length()), known);
        }
        int blockSize = known.machine().blockSize();
        return switch (name) {
            case "fcfs" -> new FcfsPolicy();
            case "priority" -> new PriorityPolicy();
            case "vtc" -> new VtcPolicy();
            case "density" -> new DensityPolicy(known.lengths(), cost(known), blockSize);
            case "sjf" -> new SjfPolicy(known.lengths());
            case "price" -> price(PriceConfig.DEFAULT, known);
            default -> throw new IllegalArgumentException(
                    "there is no scheduling policy '" + name + "'; there are " + String.join(", ", NAMES)
                            + ", and variants price/no-preemption, " + Ablations.NAMES);
        };
    }

    private static SchedulingPolicy variant(String name, Known known) {
        boolean givesWay = !name.equals("no-preemption");
        PricePolicy price = price(givesWay ? PriceConfig.DEFAULT : PriceConfig.DEFAULT.withoutMakingWay(),
                known);
        return givesWay ? Ablations.named(name, price, known.seed()) : price;
    }

    private static PricePolicy price(PriceConfig config, Known known) {
        return new PricePolicy(config, known.lengths(), cost(known), known.machine().blockSize(),
                known.retention());
    }

    private static StepCostModel cost(Known known) {
        return new StepCostModel(known.machine().cost(), PRIOR_STEPS);
    }
}
