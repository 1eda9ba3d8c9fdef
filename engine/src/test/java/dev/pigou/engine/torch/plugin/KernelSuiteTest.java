package dev.pigou.engine.torch.plugin;

import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The C++ tests of the kernels, native/test: builds and runs them. What fails there is quoted here. */
class KernelSuiteTest {
    private static final PluginSources SOURCES = PluginSources.find().orElseThrow();

    @Test
    void kernelsAgreeWithTheirReferences() throws PluginUnavailableException {
        check("native-check", "-DPIGOU_SANITIZE=OFF");
    }

    /** {@code ./mvnw verify -Psanitize} */
    @Test
    @Tag("sanitize")
    void noKernelLeavesItsMemoryOrDoesWhatIsUndefined() throws PluginUnavailableException {
        check("native-sanitize", "-DPIGOU_SANITIZE=ON");
    }

    /** The folder stays, so that only what changed is compiled the next time. */
    private static void check(String folder, String option) throws PluginUnavailableException {
        Toolchain tools;
        try {
            tools = Toolchain.find(System.getenv());
        } catch (PluginUnavailableException e) {
            Assumptions.abort("NOT TESTED: the kernels, for " + e.getMessage());
            return;
        }
        tools.build(SOURCES, "check", Path.of("target", folder).toAbsolutePath(), option);
    }
}
