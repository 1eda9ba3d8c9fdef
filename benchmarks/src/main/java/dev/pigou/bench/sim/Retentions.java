package dev.pigou.bench.sim;

import dev.pigou.kvcache.GdsfRetention;
import dev.pigou.kvcache.LruRetention;
import dev.pigou.kvcache.PrefillCost;
import dev.pigou.kvcache.RetentionPolicy;
import dev.pigou.kvcache.SlruRetention;
import dev.pigou.kvcache.TailLruRetention;
import dev.pigou.kvcache.YieldRetention;
import dev.pigou.scheduler.price.CachedBlock;
import java.util.List;

/** The cache retention policies by name. */
public final class Retentions {
    private static final List<String> NAMES = List.of("price", "lru", "slru", "gdsf", "tail-lru");

    /** How much of a next turn's prompt {@code tail-lru} counts on being computed in time for its first token. */
    private static final double TAIL_SECONDS = 0.2;

    private Retentions() {}

    /** What goes with a scheduling policy if nothing else is said, as in the server. */
    public static String beside(String schedulingPolicy) {
        return schedulingPolicy.equals("price") ? "price" : "lru";
    }

    /**
     * A new policy for a machine of this size.
     *
     * @throws IllegalArgumentException if there is no policy of this name
     */
    public static RetentionPolicy named(String name, MachineSettings machine) {
        return switch (name) {
            case "price" ->
                new YieldRetention(machine.kvBlocks(), prefill(machine), CachedBlock::worthPerSecond);
            case "lru" -> new LruRetention(machine.kvBlocks());
            case "slru" -> new SlruRetention(machine.kvBlocks());
            case "gdsf" -> new GdsfRetention(machine.kvBlocks(), prefill(machine));
            case "tail-lru" -> new TailLruRetention(machine.kvBlocks(),
                    (int) Math.min(machine.kvBlocks(), TAIL_SECONDS / prefill(machine).credits(1)));
            default -> throw new IllegalArgumentException(
                    "there is no retention policy '" + name + "'; there are " + String.join(", ", NAMES));
        };
    }

    /** Seconds of step time that computing a block takes. */
    static PrefillCost prefill(MachineSettings machine) {
        int blockSize = machine.blockSize();
        return depth -> blockSize * (machine.cost().secondsPerPrefillToken()
                + machine.cost().secondsPerPrefillTokenContext() * (depth - 0.5) * blockSize);
    }
}
