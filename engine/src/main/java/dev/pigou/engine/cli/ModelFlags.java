package dev.pigou.engine.cli;

import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.torch.KernelSet;
import dev.pigou.engine.torch.Kernels;
import dev.pigou.engine.torch.Quantization;
import dev.pigou.engine.torch.TorchBackend;
import dev.pigou.engine.torch.TorchDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Flags that say which model runs, as what, and where; names as vLLM's where it has one. */
final class ModelFlags {
    /** The better one of the two bundled models, below the folder the launcher lies in. */
    private static final Path DEMO = Path.of("engine", "models", "pigou-demo");

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The model folder, as --model.")
    private @Nullable Path positional;

    @Option(names = "--model", paramLabel = "DIR", description = "A Hugging Face model folder: config.json, "
            + "safetensors, tokenizer.json. Default: the bundled demo model.")
    private @Nullable Path model;

    @Option(names = "--served-model-name", paramLabel = "NAME", split = ",", description = ""
            + "What clients call the model; several names separated by commas. Default: the folder's name.")
    private List<String> names = List.of();

    @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "auto", description = ""
            + "auto, float32, bfloat16 or float16. Default: ${DEFAULT-VALUE}, the type config.json names.")
    private String dtype = "";

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = ""
            + "cpu, cuda, cuda:N or auto. Default: ${DEFAULT-VALUE}, a GPU if there is one.")
    private String device = "";

    @Option(names = "--kernels", paramLabel = "WHICH", defaultValue = "auto", description = ""
            + "auto, native (our own, compiled at the first start) or aten (PyTorch's). Default: "
            + "${DEFAULT-VALUE}, ours if there is a compiler.")
    private String kernels = "";

    @Option(names = "--quantization", paramLabel = "TYPE", defaultValue = "none", description = ""
            + "int8 or int4: keep matrices as whole numbers, made at load; needs native kernels. awq or gptq: "
            + "the checkpoint must be one. Default: ${DEFAULT-VALUE}, weights as the checkpoint has them.")
    private String quantization = "";

    /** The folder asked for, or the demo model's. */
    Path folder() {
        if (positional != null && model != null && saidOnCommandLine("--model")) {
            throw new IllegalArgumentException("two models were given: " + model + " and " + positional);
        }
        Path asked = positional != null ? positional : model;
        if (asked != null) {
            return existing(asked, "");
        }
        return existing(Path.of(System.getProperty("pigou.home", ".")).resolve(DEMO),
                "; the demo model is not there, so name a folder");
    }

    private static Path existing(Path folder, String advice) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--model " + folder + ": "
                    + (Files.exists(folder) ? "this is a file, not a folder" : "there is no such folder")
                    + advice);
        }
        return folder.toAbsolutePath().normalize();
    }

    private boolean saidOnCommandLine(String option) {
        return Objects.requireNonNull(command).commandLine().getParseResult().hasMatchedOption(option);
    }

    /** At least one. */
    List<String> names() {
        if (names.isEmpty()) {
            Path last = folder().getFileName();
            return List.of(last == null ? "model" : last.toString());
        }
        if (names.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("--served-model-name must not be empty");
        }
        return names.stream().map(String::strip).toList();
    }

    /** What computes the model. Loads PyTorch and may compile kernels. */
    TorchBackend backend(ModelFolder folder) {
        ModelDtype type = dtype(folder);
        Kernels wanted = choice(Kernels.values(), kernels, "--kernels must be auto, native or aten");
        Quantization whole = quantization(folder);
        TorchDevice where = TorchDevice.named(device);
        return new TorchBackend(where, type, KernelSet.choose(wanted, where), whole);
    }

    /** What is to be made at load. */
    private Quantization quantization(ModelFolder folder) {
        String stored = folder.quantization().map(how -> how.method().flag()).orElse("none");
        boolean ofCheckpoint = quantization.equals("awq") || quantization.equals("gptq");
        Quantization whole = ofCheckpoint
                ? Quantization.NONE
                : choice(Quantization.values(), quantization,
                        "--quantization must be none, int8, int4, awq or gptq");
        boolean differs = ofCheckpoint
                ? !quantization.equals(stored)
                : whole != Quantization.NONE && !stored.equals("none");
        if (differs) {
            throw new IllegalArgumentException("--quantization is " + quantization
                    + ", but quantization_config.quant_method in config.json is " + stored
                    + "; leave the flag out to take the checkpoint's");
        }
        return whole;
    }

    private static <E extends Enum<E>> E choice(E[] values, String name, String rule) {
        return Arrays.stream(values).filter(value -> value.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst().orElseThrow(() -> new IllegalArgumentException(rule + ", but is " + name));
    }

    private ModelDtype dtype(ModelFolder folder) {
        if (dtype.equals("auto")) {
            return folder.autoDtype();
        }
        return ModelDtype.ofTorchName(dtype).orElseThrow(() -> new IllegalArgumentException(
                "--dtype must be auto, float32, bfloat16 or float16, but is " + dtype));
    }
}
