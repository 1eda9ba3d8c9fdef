package dev.pigou.bench.cli;

import dev.pigou.bench.StepSpeed;
import dev.pigou.engine.Engine;
import dev.pigou.engine.EngineConfig;
import dev.pigou.engine.cli.EngineAssembly;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.torch.KernelSet;
import dev.pigou.engine.torch.Kernels;
import dev.pigou.engine.torch.Quantization;
import dev.pigou.engine.torch.TorchBackend;
import dev.pigou.engine.torch.TorchDevice;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pigou step-speed}: how fast a model's steps are, without the network. */
@Command(name = "step-speed", description = "Measure how many tokens a second a model's steps compute, without the "
        + "network.", mixinStandardHelpOptions = true)
final class StepSpeedCommand implements Callable<Integer> {
    private static final String AUTO = "auto";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL_DIR", description = "A Hugging Face model folder.")
    private @Nullable Path model;

    @Parameters(index = "1", arity = "0..1", paramLabel = "DTYPE", defaultValue = AUTO, description = ""
            + "float32, float16, bfloat16, or auto: the model's own. Default: auto.")
    private String dtype = AUTO;

    @Parameters(index = "2", arity = "0..1", paramLabel = "DEVICE", defaultValue = AUTO, description = ""
            + "cpu, cuda, cuda:N or auto. Default: auto.")
    private String device = AUTO;

    @Parameters(index = "3", arity = "0..1", paramLabel = "KERNELS", defaultValue = AUTO, description = ""
            + "native, aten or auto. Default: auto.")
    private Kernels kernels = Kernels.AUTO;

    @Parameters(index = "4", arity = "0..1", paramLabel = "QUANTIZATION", defaultValue = "none", description = ""
            + "int8, int4 or none. Default: none.")
    private Quantization quantization = Quantization.NONE;

    @Option(names = "--async-scheduling", negatable = true, fallbackValue = "true", description = ""
            + "Plan each step while the device computes the one before, as serve's flag of that name.")
    private @Nullable Boolean asyncScheduling;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        long start = System.nanoTime();
        try (ModelFolder folder = ModelFolder.open(Objects.requireNonNull(model))) {
            TorchDevice found = TorchDevice.named(device);
            var backend = new TorchBackend(found, dtype(folder), KernelSet.choose(kernels, found),
                    quantization);
            EngineAssembly assembly = EngineAssembly.assemble(folder, backend,
                    EngineConfig.defaults().withAsyncScheduling(Optional.ofNullable(asyncScheduling)),
                    List.of(), _ -> {});
            out.printf(Locale.ROOT, "%s, %s on %s, %d cores; ready in %.1f s; %d KV blocks; kernels: %s%n",
                    folder.path().getFileName(), backend.numbers(), backend.device().name(),
                    Runtime.getRuntime().availableProcessors(), (System.nanoTime() - start) / 1e9,
                    assembly.pool().blocks(), backend.kernels());
            try (Engine engine = assembly.engine()) {
                new StepSpeed(engine, out).run();
            }
        }
        return 0;
    }

    private ModelDtype dtype(ModelFolder folder) {
        return dtype.equals(AUTO)
                ? folder.autoDtype()
                : ModelDtype.ofTorchName(dtype).orElseThrow(() -> new IllegalArgumentException(
                        "DTYPE must be float32, float16, bfloat16 or auto, but is " + dtype));
    }
}
