package dev.pigou.bench.sim;

import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scheduling policies by name. */
public final class Policies {
    private static final List<String> NAMES = List.of("fcfs");

    private Policies() {}

    /**
     * A policy under test.
     *
     * @param prices null if it has none
     */
    public record Chosen(SchedulingPolicy policy, @Nullable PriceProbe prices) {}

    /**
     * A new policy.
     *
     * @param known what a policy may know beforehand
     * @throws IllegalArgumentException if there is no policy of this name
     */
    public static Chosen named(String name, Known known) {
        return switch (name) {
            case "fcfs" -> new Chosen(new FcfsPolicy(), null);
            default -> throw new IllegalArgumentException(
                    "there is no scheduling policy '" + name + "'; there are " + String.join(", ", NAMES));
        };
    }
}
