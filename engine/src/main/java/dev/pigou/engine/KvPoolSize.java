package dev.pigou.engine;

import dev.pigou.kvcache.KvGeometry;

/**
 * How many KV blocks there are, and how long a sequence they allow.
 *
 * @param blocks usable blocks, the null block not among them
 * @param maxModelLen most tokens of one sequence; its blocks always fit the pool
 */
public record KvPoolSize(int blocks, int maxModelLen) {
    /** The share of a device's free memory the pool takes if nothing is said, so that a step has room to work. */
    private static final double DEFAULT_SHARE_OF_FREE = 0.5;
    /** Block ids and slots are kept in ints. */
    private static final long MOST_SLOTS = Integer.MAX_VALUE - 65_536L;

    /**
     * Fits the pool into memory.
     *
     * @param modelMaxLen the context length the model was made for
     * @param freeBytes free on the device, the weights already taken off
     * @throws IllegalArgumentException if the memory asked for is not there or does not hold a sequence of the length
     *     asked for; the message says which flag to change
     */
    public static KvPoolSize fit(EngineConfig config, KvGeometry geometry, int modelMaxLen, long freeBytes) {
        int wanted = config.maxModelLen().orElse(modelMaxLen);
        if (wanted > modelMaxLen) {
            throw new IllegalArgumentException(
                    "--max-model-len " + wanted + " is more than the " + modelMaxLen
                            + " tokens this model was made for");
        }
        long blocks = Math.min(budget(config, geometry, wanted, freeBytes) / geometry.bytesPerBlock() - 1,
                MOST_SLOTS / geometry.blockSize());
        long slots = blocks * geometry.blockSize();
        if (slots < wanted && (config.maxModelLen().isPresent() || slots < 1)) {
            long needed = (blocksFor(wanted, geometry) + 1) * geometry.bytesPerBlock();
            throw new IllegalArgumentException("the KV cache has room for " + Math.max(0, slots)
                    + " tokens, but --max-model-len is " + wanted + ": give --kv-cache-memory-bytes at least "
                    + needed + ", or a smaller --max-model-len");
        }
        return new KvPoolSize((int) blocks, (int) Math.min(slots, wanted));
    }

    private static long budget(EngineConfig config, KvGeometry geometry, int maxModelLen, long freeBytes) {
        if (config.kvCacheMemoryBytes().isPresent()) {
            long asked = config.kvCacheMemoryBytes().getAsLong();
            if (asked > freeBytes) {
                throw new IllegalArgumentException("--kv-cache-memory-bytes " + asked + " does not fit: only "
                        + Math.max(0, freeBytes) + " bytes are free beside the weights");
            }
            return asked;
        }
        // More than every sequence at full length can never be used at once.
        long useful = (config.maxNumSeqs() * blocksFor(maxModelLen, geometry) + 1) * geometry.bytesPerBlock();
        return Math.min((long) (DEFAULT_SHARE_OF_FREE * Math.max(0, freeBytes)), useful);
    }

    private static long blocksFor(int tokens, KvGeometry geometry) {
        return (tokens + geometry.blockSize() - 1L) / geometry.blockSize();
    }
}
