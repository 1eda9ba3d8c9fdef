package dev.pigou.engine.torch.plugin;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Builds and runs the C++ tests of the kernels, native/test, and compiles those for CUDA. What fails there is quoted here. */
class KernelSuiteTest {
    private static final PluginSources SOURCES = PluginSources.find().orElseThrow();

    @Test
    void kernelsAgreeWithTheirReferences() throws PluginUnavailableException {
        build("check", "native-check", "-DPIGOU_SANITIZE=OFF");
    }

    /** {@code ./mvnw verify -Psanitize} */
    @Test
    @Tag("sanitize")
    void noKernelLeavesItsMemoryOrDoesWhatIsUndefined() throws PluginUnavailableException {
        build("check", "native-sanitize", "-DPIGOU_SANITIZE=ON");
    }

    /** For Hopper. Needs nvcc but no GPU: nothing is run. */
    @Test
    void theCudaPluginCompiles() throws PluginUnavailableException {
        boolean hasCompiler = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nvcc")));
        Assumptions.assumeTrue(hasCompiler,
                "NOT COMPILED: the CUDA kernels, for there is no nvcc on the PATH");
        build("pigou_cuda", "native-cuda", "-DPIGOU_CUDA=ON");
    }

    /** The folder stays, so that only what changed is compiled the next time. */
    private static void build(String target, String folder, String option) throws PluginUnavailableException {
        Toolchain tools;
        try {
            tools = Toolchain.find(System.getenv());
        } catch (PluginUnavailableException e) {
            Assumptions.abort("NOT TESTED: the kernels, for " + e.getMessage());
            return;
        }
        tools.build(SOURCES, target, Path.of("target", folder).toAbsolutePath(), option);
    }
}
