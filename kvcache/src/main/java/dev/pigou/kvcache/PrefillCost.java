package dev.pigou.kvcache;

/**
 * What it costs to compute a block, and so what finding it in the cache saves. A port: prices are the scheduler's matter.
 */
@FunctionalInterface
public interface PrefillCost {
    /**
     * Credits at present, at least 0. Called for a block now and then, never for all of them at once.
     *
     * @param depth blocks from the beginning of the prompt to this one, this one included
     */
    double credits(int depth);

    /**
     * Proportional to the tokens of the block, each of which attends to all before it.
     *
     * @param perBlock credits for a block at the beginning of a prompt
     * @param perBlockBefore more for each block before it
     */
    static PrefillCost linear(double perBlock, double perBlockBefore) {
        if (!(perBlock >= 0) || !(perBlockBefore >= 0)) {
            throw new IllegalArgumentException("the costs of a block must be at least 0, but are " + perBlock
                    + " and " + perBlockBefore + " for each block before it");
        }
        return depth -> perBlock + perBlockBefore * (depth - 1);
    }
}
