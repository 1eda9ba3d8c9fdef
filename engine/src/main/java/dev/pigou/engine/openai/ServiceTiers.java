package dev.pigou.engine.openai;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What requests of each tier are worth that do not say it themselves; the operator's choice.
 *
 * @param worth of every tier
 */
public record ServiceTiers(Map<ServiceTier, Worth> worth) {
    /**
     * Of an answer, in credits.
     *
     * @param value at once
     * @param latencyPrice what each second of delay takes from it
     */
    public record Worth(double value, double latencyPrice) {}

    /** {@code flex} can wait for many minutes, {@code priority} for less than one. */
    public static final ServiceTiers STANDARD = new ServiceTiers(
            Map.of(ServiceTier.FLEX, new Worth(0.25, 0.0005), ServiceTier.DEFAULT, new Worth(1, 0.01),
                    ServiceTier.PRIORITY, new Worth(4, 0.1)));

    private static final String FORM = "must be like default=1:0.01, which is the tier (flex, default or"
            + " priority), the value of an answer in credits and the price of a second of delay, both from 0 to "
            + (long) Offer.MOST_CREDITS;

    public ServiceTiers {
        worth = Map.copyOf(worth);
        for (ServiceTier tier : ServiceTier.values()) {
            if (!worth.containsKey(tier)) {
                throw new IllegalArgumentException("nothing is said of the service tier " + tier);
            }
        }
    }

    /**
     * The standard tiers, but for those given.
     *
     * @param settings each as {@code default=1:0.01}
     * @throws IllegalArgumentException quoting the one that cannot be read
     */
    public static ServiceTiers of(List<String> settings) {
        Map<ServiceTier, Worth> worth = new EnumMap<>(STANDARD.worth);
        for (String setting : settings) {
            String[] parts = setting.strip().split("[=:]", -1);
            ServiceTier tier = parts.length == 3 ? ServiceTier.of(parts[0].strip()).orElse(null) : null;
            if (tier == null || !tier.toString().equals(parts[0].strip())) {
                throw unreadable(setting);
            }
            worth.put(tier, new Worth(amount(parts[1], setting), amount(parts[2], setting)));
        }
        return new ServiceTiers(worth);
    }

    private static double amount(String text, String setting) {
        try {
            double credits = Double.parseDouble(text.strip());
            if (credits >= 0 && credits <= Offer.MOST_CREDITS) {
                return credits;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw unreadable(setting);
    }

    private static IllegalArgumentException unreadable(String setting) {
        return new IllegalArgumentException("--service-tiers " + FORM + "; '" + setting + "' is not");
    }

    Worth of(ServiceTier tier) { return Objects.requireNonNull(worth.get(tier)); }
}
