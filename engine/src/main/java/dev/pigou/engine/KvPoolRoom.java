package dev.pigou.engine;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What memory a device has for the KV pool, reckoned before the weights are loaded. All in bytes.
 *
 * @param memory of the device
 * @param weights that are to be loaded
 * @param step most that one step takes beside weights and pool
 * @param utilization the share of all of the device's memory, in (0, 1], that the process may fill; if absent, the pool
 *     takes half of what is free, whatever a step takes
 */
public record KvPoolRoom(DeviceMemory memory, long weights, long step, OptionalDouble utilization) {
    /** So that a step has room to work, however much it takes. */
    private static final double SHARE_OF_FREE = 0.5;
    private static final double GIB = 1L << 30;

    /** Half of what is free beside the weights. */
    public static KvPoolRoom halfOf(long free) {
        return new KvPoolRoom(new DeviceMemory(free, free), 0, 0, OptionalDouble.empty());
    }

    /** Most that the operator may ask for; not positive if the weights alone do not fit. */
    public long most() {
        return memory.free() - weights;
    }

    /**
     * What the pool takes if the operator asks for nothing.
     *
     * @throws IllegalArgumentException if a utilization leaves nothing; the message says what takes how much
     */
    public long chosen() {
        if (utilization.isEmpty()) {
            return (long) (SHARE_OF_FREE * Math.max(0, most()));
        }
        long allowed = (long) (utilization.getAsDouble() * memory.total());
        long left = allowed - memory.used() - weights - step;
        if (left <= 0) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "--gpu-memory-utilization %s of %s allows %s, but %s are in use already, the weights take %s and a"
                            + " step up to %s: nothing is left for the KV cache. Allow more, give"
                            + " --max-num-batched-tokens or --max-num-seqs less, or choose a smaller --model or"
                            + " --quantization",
                    utilization.getAsDouble(), gib(memory.total()), gib(allowed), gib(memory.used()),
                    gib(weights), gib(step)));
        }
        return left;
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
    }
}
