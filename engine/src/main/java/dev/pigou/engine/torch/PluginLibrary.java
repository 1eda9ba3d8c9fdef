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
 * The plugin in this process. Loading it registers the operators {@code pigou::...} with PyTorch, which then stay; so
 * it happens once, and what came of it is remembered. Safe to use from any thread.
 */
final class PluginLibrary {
    /** Returns the name of the instruction set in use, or null if PyTorch did not take the operators. */
    private static final String ENTRY = "pigou_cpu_instruction_set";

    private static @Nullable String instructionSet;
    private static @Nullable String failure;

    private PluginLibrary() {}

    /** Builds and loads the plugin if need be, and names the instruction set that its kernels use here. */
    static synchronized String instructionSet() throws PluginUnavailableException {
        if (failure != null) {
            throw new PluginUnavailableException(failure);
        }
        if (instructionSet == null) {
            try {
                String torchVersion = TorchRuntime.version(); // loads PyTorch, which the plugin is linked against
                instructionSet = load(new PluginBuild(System.getenv()).cpuLibrary(torchVersion));
            } catch (PluginUnavailableException e) {
                failure = e.getMessage();
                throw e;
            }
        }
        return instructionSet;
    }

    @SuppressWarnings("restricted") // native access is what this class is for
    private static String load(Path library) throws PluginUnavailableException {
        try {
            System.load(library.toString());
            MemorySegment entry = SymbolLookup.loaderLookup().find(ENTRY)
                    .orElseThrow(() -> new PluginUnavailableException(library + " has no function " + ENTRY));
            MemorySegment name = (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(entry, FunctionDescriptor.of(ValueLayout.ADDRESS)).invokeExact();
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
