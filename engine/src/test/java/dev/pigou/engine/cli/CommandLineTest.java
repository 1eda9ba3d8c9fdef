package dev.pigou.engine.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What the command says to what it cannot do. */
class CommandLineTest {
    private static final String MODEL = RunningServer.GOLDEN.resolve("llama").toString();

    private static Invocation serve(String... further) {
        return Invocation.of("serve", Map.of("--port", "0", "--model", MODEL, "--device", "cpu"),
                List.of(further));
    }

    private static void assertOneLine(Invocation run, String... told) {
        assertThat(run.err()).startsWith("pigou: ").hasLineCount(1).contains(told);
        assertThat(run.out()).isEmpty();
        assertThat(run.exit()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"--max-num-seqs,0", "--max-num-batched-tokens,-5", "--max-num-queued-reqs,-1",
            "--block-size,0", "--max-model-len,0", "--max-model-len,999999", "--kv-cache-memory-bytes,0",
            "--kv-cache-memory-bytes,100T", "--kv-cache-memory-bytes,10K", "--port,70000",
            "--stall-timeout,0", "--shutdown-timeout,-1", "--max-body-bytes,1T", "--max-body-bytes,3",
            "--api-key,''", "--served-model-name,''", "--dtype,int4", "--kernels,fast", "--quantization,int3",
            "--device,gpu", "--device,cuda:1234", "--host,no.such.host.invalid"})
    void aValueThatCannotBeIsOneLineThatNamesTheFlag(String flag, String value) {
        assertOneLine(serve(flag, value), flag);
    }

    @ParameterizedTest
    @CsvSource({"--max-num-seqs,many", "--port,http", "--kv-cache-memory-bytes,4X",
            "--max-model-len,99999999999"})
    void aValueThatIsNoneIsAUsageError(String flag, String value) {
        Invocation run = serve(flag, value);
        assertThat(run.err().lines().findFirst().orElse("")).contains(flag, value);
        assertThat(run.err()).contains("Try 'pigou serve --help'").hasLineCount(2);
        assertThat(run.exit()).isEqualTo(2);
    }

    @Test
    void wholeNumbersNeedKernelsThatReadThem() {
        assertOneLine(serve("--kernels", "aten", "--quantization", "int8"), "--quantization",
                "native kernels");
    }

    @Test
    void aCheckpointIsQuantisedAsItSaysAndNotAsTheFlagDoes() {
        assertOneLine(serve("--quantization", "gptq"), "--quantization is gptq",
                "quantization_config.quant_method in config.json is none");
    }

    @Test
    void anUnknownFlagIsAUsageError() {
        Invocation run = serve("--max-num-seq", "3");
        assertThat(run.err()).startsWith("pigou: Unknown option").contains("--max-num-seqs",
                "pigou serve --help");
        assertThat(run.exit()).isEqualTo(2);
        Invocation far = serve("--xyzzy");
        assertThat(far.err()).contains("--xyzzy", "pigou serve --help").doesNotContain("\tat ");
        assertThat(far.exit()).isEqualTo(2);
    }

    @Test
    void noCommandAndAnUnknownOneAreUsageErrors() {
        assertThat(Invocation.of().exit()).isEqualTo(2);
        assertThat(Invocation.of().err()).contains("subcommand", "pigou --help");
        Invocation wrong = Invocation.of("server");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("server", "pigou serve");
    }

    @Test
    void helpAndVersionAreAnswers() {
        Invocation help = Invocation.of("serve", "--help");
        assertThat(help.exit()).isZero();
        assertThat(help.out()).contains("--max-num-seqs", "--[no-]enable-prefix-caching",
                "PIGOU_MAX_NUM_SEQS");
        assertThat(Invocation.of("--version").out()).startsWith("pigou development");
    }

    @Test
    void aFolderToTrainIntoThatCannotBeIsOneLine() {
        assertOneLine(Invocation.of("train-demo", "/dev/null/models", "--steps", "1", "--questions", "1"),
                "/dev/null/models");
    }

    @Test
    void twoModelsAreOneTooMany() {
        assertOneLine(serve("elsewhere"), "two models were given", "elsewhere", MODEL);
    }

    @Test
    void theModelOfTheCommandLineWinsOverTheVariable() {
        Invocation run = Invocation.of(Map.of("PIGOU_MODEL", MODEL), "serve", "/nonexistent", "--port", "0");
        assertOneLine(run, "--model /nonexistent: there is no such folder");
    }

    @Test
    void aTakenPortIsToldWithWhatToDo() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertOneLine(serve("--port", Integer.toString(taken.getLocalPort())), "port is taken", "--port");
        }
    }

    @Test
    void aGpuThatIsNotThereIsToldWithWhatToDo() {
        Invocation run = serve("--device", "cuda:7");
        assumeThat(run.exit()).as("eight GPUs").isEqualTo(1);
        assertOneLine(run, "--device cuda:7", "--device cpu", "driver");
    }
}
