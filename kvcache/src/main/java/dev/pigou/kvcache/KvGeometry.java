package dev.pigou.kvcache;

/**
 * The shape of one KV block, from which its size follows.
 *
 * @param layers attention layers that keep keys and values
 * @param kvHeads key/value heads of one layer
 * @param headDim elements of one head
 * @param bytesPerElement 2 for the 16-bit types, 4 for f32
 * @param blockSize tokens in one block
 */
public record KvGeometry(int layers, int kvHeads, int headDim, int bytesPerElement, int blockSize) {
    public KvGeometry {
        requirePositive(layers, "layers");
        requirePositive(kvHeads, "kvHeads");
        requirePositive(headDim, "headDim");
        requirePositive(bytesPerElement, "bytesPerElement");
        requirePositive(blockSize, "blockSize");
    }

    /** Bytes of one token's keys and values over all layers. */
    public long bytesPerToken() {
        return Math.multiplyExact(2L * layers * bytesPerElement, (long) kvHeads * headDim);
    }

    /** Bytes of one block's keys and values over all layers. */
    public long bytesPerBlock() {
        return Math.multiplyExact(bytesPerToken(), (long) blockSize);
    }

    private static void requirePositive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
        }
    }
}
