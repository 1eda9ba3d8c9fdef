package dev.pigou.engine.torch;

import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.QuantizedWeight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which of a checkpoint's 4-bit matrices go to the kernels as they are; all others are made dense before. Ours keep what
 * they get in 4 bits, PyTorch's make it dense. Matrices that are joined into one are kept together or not at all.
 */
public final class KeptIntegers {
    private static final List<List<String>> MATRICES = List.of(WeightLoader.QKV, List.of(WeightLoader.OUTPUT),
            WeightLoader.GATE_UP, List.of(WeightLoader.DOWN));

    private final Map<String, QuantizedWeight> kept = new HashMap<>();
    private final int all;

    private KeptIntegers(ModelFolder folder) {
        Map<String, QuantizedWeight> quantized = folder.quantizedWeights();
        all = quantized.size();
        for (int layer = 0; layer < folder.config().layers(); layer++) {
            for (List<String> parts : MATRICES) {
                keep(WeightLoader.names(layer, parts), quantized);
            }
        }
    }

    public static KeptIntegers of(ModelFolder folder) { return new KeptIntegers(folder); }

    private void keep(List<String> names, Map<String, QuantizedWeight> quantized) {
        List<QuantizedWeight> parts = names.stream().map(quantized::get).filter(Objects::nonNull).toList();
        long numbers = parts.stream().mapToLong(part -> (long) part.out() * part.in()).sum();
        if (parts.size() == names.size() && numbers <= Integer.MAX_VALUE
                && parts.stream().allMatch(QuantizedWeight::isGrouped)) {
            names.forEach(name -> kept.put(name, Objects.requireNonNull(quantized.get(name))));
        }
    }

    boolean contains(String name) { return kept.containsKey(name); }

    /** What one of them takes packed, in bytes: half a byte a weight, float16 scales and what zero points come to. */
    long bytes(String name) {
        QuantizedWeight weight = Objects.requireNonNull(kept.get(name), name);
        long weights = (long) weight.out() * weight.in();
        return Quantization.bytes(4, weights, 0) + 2L * weight.out() * weight.groups();
    }

    /** What becomes of the checkpoint's matrices, to follow their name. */
    public String on(TorchBackend backend) {
        String dense = "made dense, " + backend.dtype().torchName() + ", as they were loaded";
        if (!backend.kernels().isNative()) {
            return dense + " (native kernels keep them)";
        }
        if (kept.size() == all) {
            return "kept in 4 bits";
        }
        return kept.size() + " of " + all + " matrices kept in 4 bits, the others " + dense
                + ": their groups are no runs of 32 inputs (desc_act sorts them), or part of them is dense";
    }
}
