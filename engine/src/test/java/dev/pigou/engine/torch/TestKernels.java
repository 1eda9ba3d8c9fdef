package dev.pigou.engine.torch;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The kernels that a test is to pass with. */
final class TestKernels {
    static final TorchDevice CPU = TorchDevice.named("cpu");

    private TestKernels() {}

    /** PyTorch's, and ours where a compiler is at hand; where none is, that is said aloud. */
    static List<KernelSet> all() {
        KernelSet aten = KernelSet.choose(Kernels.ATEN, CPU);
        KernelSet best = KernelSet.choose(Kernels.AUTO, CPU);
        if (best.isNative()) {
            return List.of(aten, best);
        }
        System.err.println("NOT TESTED: the native kernels. In use are " + best);
        return List.of(aten);
    }

    /** Ours; skips the test where they cannot be built. */
    static KernelSet nativeOnes() {
        KernelSet best = KernelSet.choose(Kernels.AUTO, CPU);
        Assumptions.assumeTrue(best.isNative(), () -> "in use are " + best);
        return best;
    }
}
