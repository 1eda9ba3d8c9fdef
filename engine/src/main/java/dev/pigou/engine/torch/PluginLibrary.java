package dev.pigou.engine.torch;

import dev.pigou.engine.torch.plugin.PluginBuild;
import dev.pigou.engine.torch.plugin.PluginUnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One half of the plugin in this process. Loading it registers operators {@code pigou::...} with PyTorch, which then
 * stay; so it happens once, and what came of it is remembered. Safe to use from any thread.
 */
final class PluginLibrary {
    private static final PluginLibrary CPU = new PluginLibrary("pigou_cpu_instruction_set");
    private static final PluginLibrary CUDA = new PluginLibrary("pigou_cuda_architectures");

    /** Function that names what the kernels are compiled for, or returns null if PyTorch did not take the operators. */
    private final String entry;

    private @Nullable String target;
    private @Nullable String failure;

    private PluginLibrary(String entry) { this.entry = entry; }

    /** Builds and loads the CPU's half if need be, and names the instruction set that its kernels use here. */
    static String cpuTarget() throws PluginUnavailableException {
        return CPU.target(PluginBuild::cpuLibrary);
    }

    /**
     * The same for GPUs, and names the compute capability that its kernels are compiled for: that of the first device
     * asked for. The CPU's half defines the operators and is loaded first.
     */
    static String cudaTarget(TorchDevice device) throws PluginUnavailableException {
        cpuTarget();
        return CUDA
                .target((build, torchVersion) -> build.cudaLibrary(torchVersion, device.computeCapability()));
    }

    /** Where a library comes from. */
    private interface Source {
        Path library(PluginBuild build, String torchVersion) throws PluginUnavailableException;
    }

    private synchronized String target(Source source) throws PluginUnavailableException {
        if (failure != null) {
            throw new PluginUnavailableException(failure);
        }
        if (target == null) {
            try {
                String torchVersion = TorchRuntime.version(); // loads PyTorch, which the plugin is linked against
                target = load(source.library(new PluginBuild(System.getenv()), torchVersion));
            } catch (PluginUnavailableException e) {
                failure = e.getMessage();
                throw e;
            }
        }
        return target;
    }

    @SuppressWarnings("restricted") // native access is what this class is for
    private String load(Path library) throws PluginUnavailableException {
        try {
            System.load(library.toString());
            MemorySegment function = SymbolLookup.loaderLookup().find(entry)
                    .orElseThrow(() -> new PluginUnavailableException(library + " has no function " + entry));
            MemorySegment name = (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.ADDRESS)).invokeExact();
            if (name.equals(MemorySegment.NULL)) {
                throw new PluginUnavailableException("PyTorch did not take the operators of " + library);
            }
            return name.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (UnsatisfiedLinkError e) {
            throw new PluginUnavailableException(library + " could not be loaded: " + e.getMessage(), e);
        } catch (PluginUnavailableException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // a plain C function throws nothing
        }
    }
}
