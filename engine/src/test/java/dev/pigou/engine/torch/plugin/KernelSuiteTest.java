package dev.pigou.engine.torch.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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

    /** For Hopper, as a server with a GPU builds it. Needs nvcc but no GPU: nothing is run. */
    @Test
    void theCudaPluginCompiles() throws PluginUnavailableException {
        try {
            Toolchain.findWithCuda(System.getenv());
        } catch (PluginUnavailableException e) {
            Assumptions.abort("NOT COMPILED: the CUDA kernels, for " + e.getMessage());
        }
        var cache = new LibraryCache(Path.of("target", "native-cuda").toAbsolutePath());
        Path library = new PluginBuild(System.getenv(), cache, Optional.of(SOURCES)).cudaLibrary("2.7.1",
                "90");
        assertThat(library).hasFileName(System.mapLibraryName("pigou_cuda"));
    }

    /** What native/check_gpu.py can show of itself without a GPU: above all that it knows the model program of today. */
    @Test
    void theGpuCheckKnowsTheModelProgram() throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder("python3", "-m", "unittest", "discover",
                    SOURCES.folder().resolve("test").toString()).redirectErrorStream(true).start();
        } catch (IOException e) {
            Assumptions.abort("NOT TESTED: native/check_gpu.py, for there is no python3 on the PATH");
            return;
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
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
