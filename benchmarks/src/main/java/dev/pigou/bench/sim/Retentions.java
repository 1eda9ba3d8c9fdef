package dev.pigou.bench.sim;

import dev.pigou.kvcache.LruRetention;
import dev.pigou.kvcache.RetentionPolicy;
import java.util.List;

/** The cache retention policies by name. */
public final class Retentions {
    private static final List<String> NAMES = List.of("lru");

    private Retentions() {}

    /**
     * A new policy for a machine of this size.
     *
     * @throws IllegalArgumentException if there is no policy of this name
     */
    public static RetentionPolicy named(String name, MachineSettings machine) {
        return switch (name) {
            case "lru" -> new LruRetention(machine.kvBlocks());
            default -> throw new IllegalArgumentException(
                    "there is no retention policy '" + name + "'; there are " + String.join(", ", NAMES));
        };
    }
}
