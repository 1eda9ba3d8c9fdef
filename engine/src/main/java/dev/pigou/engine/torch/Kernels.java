package dev.pigou.engine.torch;

/** Which operators a model's layers are made of. */
public enum Kernels {
    /** Ours where they can be built and loaded, else PyTorch's. */
    AUTO,
    /** Ours, or nothing. */
    NATIVE,
    /** PyTorch's own. */
    ATEN
}
