package dev.pigou.engine.torch;

import dev.pigou.engine.torch.plugin.PluginUnavailableException;
import java.util.stream.Collectors;

/** The operators that a model's layers run on here, and why these. */
public final class KernelSet {
    private final boolean isNative;
    private final String description;

    private KernelSet(boolean isNative, String description) {
        this.isNative = isNative;
        this.description = description;
    }

    /**
     * What {@code wanted} comes to on the device. The first call may compile the plugin, for some seconds.
     *
     * @throws IllegalArgumentException if ours are demanded and cannot be had; the message says why
     */
    public static KernelSet choose(Kernels wanted, TorchDevice device) {
        if (wanted == Kernels.ATEN) {
            return new KernelSet(false, "PyTorch's own");
        }
        try {
            String target = device.device().isGpu()
                    ? "CUDA " + PluginLibrary.cudaTarget(device)
                    : PluginLibrary.cpuTarget();
            return new KernelSet(true, "native, " + target);
        } catch (PluginUnavailableException e) {
            String reason = String.valueOf(e.getMessage()).lines().collect(Collectors.joining("; "));
            if (wanted == Kernels.NATIVE) {
                throw new IllegalArgumentException(
                        "--kernels native: " + reason + "; --kernels auto does without", e);
            }
            return new KernelSet(false, "PyTorch's own (no native ones: " + reason + ")");
        }
    }

    /** Whether they are ours. */
    public boolean isNative() { return isNative; }

    /** Resource with the program text that calls them. */
    String programText() {
        return isNative ? "kernels_native.py" : "kernels_aten.py";
    }

    /** Which, with their instruction set; or why not ours. One line. */
    @Override
    public String toString() { return description; }
}
