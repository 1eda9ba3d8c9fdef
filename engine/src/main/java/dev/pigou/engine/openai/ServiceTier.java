package dev.pigou.engine.openai;

import java.util.Locale;
import java.util.Optional;

/** What a request can be served as: OpenAI's {@code service_tier}. */
public enum ServiceTier {
    /** Cheap, and patient. */
    FLEX(1),
    /** Of a request that says nothing. */
    DEFAULT(0),
    /** Goes before the others, and costs more when there is a crowd. */
    PRIORITY(2);

    static final String NAMES = "flex, auto, default, priority or fast";

    private final int serviceClass;

    ServiceTier(int serviceClass) { this.serviceClass = serviceClass; }

    /** The tier that is given to whom asks for {@code name}: all are granted; {@code fast} is another name. */
    static Optional<ServiceTier> of(String name) {
        return switch (name) {
            case "flex" -> Optional.of(FLEX);
            case "auto", "default" -> Optional.of(DEFAULT);
            case "priority", "fast" -> Optional.of(PRIORITY);
            default -> Optional.empty();
        };
    }

    /** What the scheduler knows it as, in its bids. */
    int serviceClass() { return serviceClass; }

    /** As on the wire. */
    @Override
    public String toString() { return name().toLowerCase(Locale.ROOT); }
}
