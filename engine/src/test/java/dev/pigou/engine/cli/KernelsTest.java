package dev.pigou.engine.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code pigou serve} as a process of its own, on a machine without a compiler. */
class KernelsTest {
    private static Process serve(String... further) throws IOException {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                        Main.class.getName(), "serve", "--model",
                        RunningServer.GOLDEN.resolve("llama").toString(), "--port", "0", "--device", "cpu"));
        command.addAll(List.of(further));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", "/nowhere");
        builder.environment().remove("CXX");
        return builder.start();
    }

    @Test
    void itServesOnPyTorchsOwnAndSaysWhy() throws IOException, InterruptedException {
        Process process = serve();
        try (var output = process.inputReader()) {
            String line = output.readLine();
            while (line != null && !line.startsWith("Kernels: ")) {
                line = output.readLine();
            }
            assertThat(line).isNotNull().contains("PyTorch's own", "there is no CMake on the PATH",
                    "apt install");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void demandedKernelsThatCannotBeHadAreAnError() throws IOException, InterruptedException {
        Process process = serve("--kernels", "native");
        try (var output = process.inputReader()) {
            assertThat(output.lines().filter(line -> line.startsWith("pigou: "))).singleElement().asString()
                    .contains("--kernels native", "there is no CMake on the PATH", "--kernels auto");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
        } finally {
            process.destroyForcibly();
        }
    }
}
