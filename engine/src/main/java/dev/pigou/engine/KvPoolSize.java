package dev.pigou.engine;

import dev.pigou.kvcache.KvGeometry;

/**
 * How many KV blocks there are, and how long a sequence they allow.
 *
 * @param blocks usable blocks, the null block not among them
 * @param maxModelLen most tokens of one sequence; its blocks always fit the pool
 */
public record KvPoolSize(int blocks, int maxModelLen) {
    /** Block ids and slots are kept in ints. */
    private static final long MOST_SLOTS = Integer.MAX_VALUE - 65_536L;

    /**
     * Fits the pool into memory.
     *
     * @param modelMaxLen the context length the model was made for
     * @param room what the device has for it
     * @throws IllegalArgumentException if the memory asked for is not there or does not hold a sequence of the length
     *     asked for; the message says which flag to change
     */
    public static KvPoolSize fit(EngineConfig config, KvGeometry geometry, int modelMaxLen, KvPoolRoom room) {
        int wanted = config.maxModelLen().orElse(modelMaxLen);
        if (wanted > modelMaxLen) {
            throw new IllegalArgumentException("--max-model-len " + wanted + " is more than the "
                    + modelMaxLen + " tokens this model was made for");
        }
        long pool = poolBytes(config, geometry, room);
        // More than every sequence at full length can never be used at once.
        long useful = config.kvCacheMemoryBytes().isPresent()
                ? Long.MAX_VALUE
                : config.maxNumSeqs() * blocksFor(wanted, geometry);
        long blocks = Math.min(pool / geometry.bytesPerBlock() - 1,
                Math.min(useful, MOST_SLOTS / geometry.blockSize()));
        long slots = Math.max(0, blocks * geometry.blockSize());
        if (slots < 1 || (slots < wanted && config.maxModelLen().isPresent())) {
            throw tooSmall(config, geometry, pool, slots);
        }
        return new KvPoolSize((int) blocks, (int) Math.min(slots, wanted));
    }

    private static long poolBytes(EngineConfig config, KvGeometry geometry, KvPoolRoom room) {
        if (config.kvCacheMemoryBytes().isEmpty()) {
            return room.chosen();
        }
        long asked = config.kvCacheMemoryBytes().getAsLong();
        if (asked > room.most()) {
            throw new IllegalArgumentException("--kv-cache-memory-bytes " + asked + " does not fit: only "
                    + Math.max(0, room.most()) + " bytes are free beside the weights, a block takes "
                    + geometry.bytesPerBlock());
        }
        return asked;
    }

    private static IllegalArgumentException tooSmall(EngineConfig config, KvGeometry geometry, long pool,
            long slots) {
        int least = config.maxModelLen().orElse(1);
        long needed = Math.multiplyExact(blocksFor(least, geometry) + 1, geometry.bytesPerBlock());
        return new IllegalArgumentException("a KV cache of " + pool + " bytes has room for " + slots
                + " tokens" + (config.maxModelLen().isPresent() ? ", but --max-model-len is " + least : "")
                + ": give --kv-cache-memory-bytes at least " + needed
                + (slots > 0 ? ", or --max-model-len at most " + slots : ""));
    }

    private static long blocksFor(int tokens, KvGeometry geometry) {
        return Math.ceilDiv((long) tokens, geometry.blockSize());
    }
}
