package dev.pigou.engine.torch;

import dev.pigou.engine.torch.TestEngine.Setup;
import dev.pigou.scheduler.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The plugin beside PyTorch in one process. */
class PluginLibraryTest {
    private static final Path MAPS = Path.of("/proc/self/maps");

    @Test
    void theInstructionSetIsNamed() {
        KernelSet kernels = TestKernels.nativeOnes();
        assertThat(kernels.toString()).matches("native, (scalar|avx2|avx512.*|amx)");
    }

    /** Two OpenMP libraries would mean two pools of threads, each as large as the machine. */
    @Test
    void oneOpenMpLibraryServesPyTorchAndThePlugin() throws IOException {
        KernelSet kernels = TestKernels.nativeOnes();
        Assumptions.assumeTrue(Files.exists(MAPS));
        try (var engine = TestEngine.load("llama-f32", Setup.roomy(kernels))) {
            engine.submit(new int[]{1, 2, 3}, SamplingParams.builder().maxTokens(4).build()).await();
        }
        try (Stream<String> maps = Files.lines(MAPS)) {
            assertThat(maps.map(line -> line.replaceFirst("^.*\\s", ""))
                    .filter(file -> file.matches(".*/lib[gi]?omp[^/]*")).distinct()).hasSize(1);
        }
    }
}
