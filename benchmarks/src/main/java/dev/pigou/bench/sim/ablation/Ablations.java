package dev.pigou.bench.sim.ablation;

import dev.pigou.scheduler.SchedulingPolicy;
import dev.pigou.scheduler.price.PricePolicy;
import java.util.Optional;

/** Variants of the price policy by name: {@code last-in}, {@code posted-frozen:0.002} and so on. */
public final class Ablations {
    /** As they are written after {@code --scheduling-policy}. */
    public static final String NAMES = "price/last-in[:WATERMARK], price/posted-live, price/posted-frozen:PRICE, "
            + "price/posted-random:MEAN";

    private Ablations() {}

    /**
     * The variant of this name.
     *
     * @param seed of what is random in it
     * @throws IllegalArgumentException if there is none
     */
    public static SchedulingPolicy named(String name, PricePolicy price, long seed) {
        int colon = name.indexOf(':');
        String kind = colon < 0 ? name : name.substring(0, colon);
        double number = colon < 0 ? 0 : number(name, name.substring(colon + 1));
        return switch (kind) {
            case "last-in" -> new LastInFirstOut(price, number);
            case "posted-live" -> PostedPrice.live(price);
            case "posted-frozen" -> PostedPrice.frozen(price, number);
            case "posted-random" -> PostedPrice.random(price, number, seed);
            default -> throw unknown(name);
        };
    }

    private static double number(String name, String text) {
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && number < Double.POSITIVE_INFINITY) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw unknown(name);
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "there is no variant 'price/" + name + "'; there are price/no-preemption, " + NAMES);
    }

    /** The price policy that this is, or that it varies. */
    public static Optional<PricePolicy> priceOf(SchedulingPolicy policy) {
        return switch (policy) {
            case PricePolicy price -> Optional.of(price);
            case PriceVariant variant -> Optional.of(variant.price());
            default -> Optional.empty();
        };
    }
}
