package dev.pigou.engine.torch;

import java.util.Locale;

/**
 * How the matrices that activations are multiplied by are kept: as the model's floating type, or as whole numbers with a
 * scale for each few of them, made at load. Activations, norms, the embedding and the KV pool stay as they are.
 */
public enum Quantization {
    NONE(0, 0), INT8(8, 8),
    /** The head keeps 8 bits: its error goes straight into the probabilities. */
    INT4(4, 8);

    private final int layers;
    private final int head;

    Quantization(int layers, int head) {
        this.layers = layers;
        this.head = head;
    }

    /** As {@code --quantization} writes it. */
    public String flag() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Format of the layers' matrices, as {@code pack_linear} in native/ops.h numbers them. */
    int layers() {
        return layers;
    }

    /** Format of the matrix that gives logits. */
    int head() { return head; }

    /** Bytes that {@code weights} of a format take, scales included, where dense ones take {@code dense} bytes each. */
    static long bytes(int format, long weights, int dense) {
        return switch (format) {
            case 8 -> weights + weights / 16;
            case 4 -> weights / 2 + weights / 16;
            default -> weights * dense;
        };
    }
}
