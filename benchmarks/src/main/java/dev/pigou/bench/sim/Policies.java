package dev.pigou.bench.sim;

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
import org.jspecify.annotations.Nullable;

/** The scheduling policies by name. */
public final class Policies {
    private static final List<String> NAMES = List.of("fcfs", "priority", "vtc", "density", "sjf", "price");
    /** Steps that the truth about their cost counts for, before a policy has seen any. */
    private static final double PRIOR_STEPS = 8;

    private Policies() {}

    /**
     * A policy under test.
     *
     * @param prices null if it has none that can be read
     */
    public record Chosen(SchedulingPolicy policy, @Nullable PriceProbe prices) {}

    /**
     * A new policy.
     *
     * @param known what a policy may know beforehand
     * @throws IllegalArgumentException if there is no policy of this name
     */
    public static Chosen named(String name, Known known) {
        return new Chosen(switch (name) {
            case "fcfs" -> new FcfsPolicy();
            case "priority" -> new PriorityPolicy();
            case "vtc" -> new VtcPolicy();
            case "density" -> new DensityPolicy(known.lengths(), cost(known), known.machine().blockSize());
            case "sjf" -> new SjfPolicy(known.lengths());
            case "price" -> new PricePolicy(PriceConfig.DEFAULT, known.lengths(), cost(known),
                    known.machine().blockSize());
            default -> throw new IllegalArgumentException(
                    "there is no scheduling policy '" + name + "'; there are " + String.join(", ", NAMES));
        }, null);
    }

    private static StepCostModel cost(Known known) {
        return new StepCostModel(known.machine().cost(), PRIOR_STEPS);
    }
}
