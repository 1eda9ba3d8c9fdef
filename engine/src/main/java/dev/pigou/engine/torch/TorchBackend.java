package dev.pigou.engine.torch;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.WeightRole;
import dev.pigou.engine.model.WeightSpec;

/**
 * Where and how a model is computed.
 *
 * @param dtype what activations, the KV pool and all weights that are not quantised are kept in
 */
public record TorchBackend(TorchDevice device, ModelDtype dtype, KernelSet kernels,
        Quantization quantization) {
    /** @throws IllegalArgumentException if PyTorch's own kernels would have to read quantised weights */
    public TorchBackend {
        if (quantization != Quantization.NONE && !kernels.isNative()) {
            throw new IllegalArgumentException(
                    "--quantization needs native kernels, but those in use are " + kernels);
        }
    }

    /** The best kernels there are for the device, and weights as they are. */
    public static TorchBackend of(TorchDevice device, ModelDtype dtype) {
        return new TorchBackend(device, dtype, KernelSet.choose(Kernels.AUTO, device), Quantization.NONE);
    }

    /** What the matrices are kept in, as {@code --dtype} or {@code --quantization} write it. */
    public String numbers() {
        return quantization == Quantization.NONE ? dtype.torchName() : quantization.flag();
    }

    /** Memory that a model's weights take, in bytes. */
    public long weightBytes(ModelConfig model) {
        long bytes = 0;
        for (WeightSpec weight : ModelWeights.of(model)) {
            bytes += Quantization.bytes(format(weight), weight.elements(), dtype.stored().bytes());
            if (weight.role() == WeightRole.EMBEDDING && model.tieWordEmbeddings() && kernels.isNative()) {
                // The head is laid out for products, the embedding for look-ups: they share numbers but no memory.
                bytes += Quantization.bytes(quantization.head(), weight.elements(), dtype.stored().bytes());
            }
        }
        return bytes;
    }

    /**
     * Memory that a step takes at most beside weights and KV pool, in bytes; with PyTorch's own kernels it may be many times
     * as much, for they copy what attention reads.
     */
    public long stepBytes(ModelConfig model, int tokens, int sequences) {
        return StepMemory.bytes(model, dtype.stored().bytes(), tokens, sequences);
    }

    private int format(WeightSpec weight) {
        return switch (weight.role()) {
            case QUERY, KEY, VALUE, OUTPUT, GATE, UP, DOWN -> quantization.layers();
            case LM_HEAD -> quantization.head();
            case EMBEDDING, NORM, QK_NORM, BIAS -> 0;
        };
    }
}
