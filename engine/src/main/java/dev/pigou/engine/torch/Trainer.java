package dev.pigou.engine.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.WeightRole;
import dev.pigou.engine.model.WeightSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Trains one model on the CPU: weights in float32, matrices multiplied in bfloat16 or float32. Owned by one thread,
 * the one that made it.
 *
 * <p>The rows of a batch are divided among workers, which meet twice a step: when the gradients are added up, and
 * when the weights have been moved.
 */
public final class Trainer implements AutoCloseable {
    /** Marks a position at which nothing is to be learned. */
    public static final int IGNORED = -100;

    private static final float MAX_GRADIENT_NORM = 1;

    private final PtNDManager manager;
    private final ModelProgram program;
    private final List<Slot> slots = new ArrayList<>();
    private final TorchWorkers workers;
    private int steps;

    /** A weight and the running moments of its gradient. */
    private record Slot(WeightSpec weight, NDArray value, NDArray first, NDArray second) {
        /** A matrix inside a layer; the embedding is a table, not a map. */
        boolean muon() {
            return weight.shape().size() == 2 && weight.role() != WeightRole.EMBEDDING;
        }
    }

    /** What one step saw: the mean loss over the learned tokens in nats, and the norm of its gradient. */
    public record Progress(float loss, float gradientNorm) {}

    /**
     * @param config a Qwen3 whose head is its embedding
     * @param multiplied what matrices are multiplied in: bfloat16 is about twice as fast where the processor has it
     * @param initial a value for every weight, row by row
     */
    public Trainer(ModelConfig config, ModelDtype multiplied, Map<String, float[]> initial, int threads) {
        if (!config.qkNorm() || !config.tieWordEmbeddings()) {
            throw new IllegalArgumentException("only Qwen3 models with tied embeddings can be trained");
        }
        manager = TorchRuntime.newManager(Device.cpu());
        program = ModelProgram.loadForTraining(manager, config, multiplied);
        for (WeightSpec weight : ModelWeights.of(config)) {
            float[] values = initial.get(weight.name());
            if (values == null || values.length != weight.elements()) {
                throw new IllegalArgumentException(
                        weight.name() + " must have " + weight.elements() + " values");
            }
            var dimensions = new Shape(weight.shape().stream().mapToLong(Long::longValue).toArray());
            slots.add(new Slot(weight, named(manager.create(values, dimensions), "w[]"),
                    named(manager.zeros(dimensions), "m[]"), named(manager.zeros(dimensions), "v[]")));
        }
        workers = new TorchWorkers(threads);
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }

    /**
     * One step: Muon on the layers' matrices, Adam on the rest.
     *
     * @param inputs token ids, one array a row, all of the same length
     * @param targets the token each position should produce, or {@link #IGNORED}
     */
    public Progress step(int[][] inputs, int[][] targets, double learningRate) {
        steps++;
        try (NDManager scratch = manager.newSubManager()) {
            List<NDArray> gradients = gradients(scratch, inputs, targets);
            float norm = gradients.get(0).getFloat();
            float shrink = Math.min(1, MAX_GRADIENT_NORM / norm);
            update(scratch, gradients.subList(2, gradients.size()), (float) learningRate, shrink, steps);
            return new Progress(gradients.get(1).getFloat(), norm);
        }
    }

    /** The gradient's norm, the loss, and the gradient by each weight. */
    private List<NDArray> gradients(NDManager scratch, int[][] inputs, int[][] targets) {
        long learned = Arrays.stream(targets).flatMapToInt(Arrays::stream).filter(t -> t != IGNORED).count();
        int shards = Math.min(workers.count(), inputs.length);
        var parts = new ArrayList<Supplier<NDList>>();
        for (int shard = 0; shard < shards; shard++) {
            int from = inputs.length * shard / shards;
            int to = inputs.length * (shard + 1) / shards;
            parts.add(() -> {
                NDManager own = scratch.newSubManager();
                var arguments = new NDList(named(tokens(own, Arrays.copyOfRange(inputs, from, to)), "x"),
                        named(tokens(own, Arrays.copyOfRange(targets, from, to)), "y"),
                        named(own.create((float) learned), "total"));
                slots.forEach(slot -> arguments.add(slot.value()));
                return call(own, "gradient", arguments);
            });
        }
        var all = new NDList();
        workers.runAll(parts).forEach(all::addAll);
        all.forEach(array -> array.setName("g[]"));
        return call(scratch, "combine", all);
    }

    /** Muon's matrices are dealt out among the workers; Adam's few weights are one more task. */
    private void update(NDManager scratch, List<NDArray> gradients, float... settings) {
        var tasks = new ArrayList<Supplier<NDList>>();
        List<Integer> matrices = indices(Slot::muon);
        for (int worker = 0; worker < Math.min(workers.count(), matrices.size()); worker++) {
            var own = new NDList();
            for (int i = worker; i < matrices.size(); i += workers.count()) {
                Slot slot = slots.get(matrices.get(i));
                own.addAll(List.of(slot.value(), named(gradients.get(matrices.get(i)), "g[]"), slot.first()));
            }
            tasks.add(() -> move(scratch, "muon", own, settings));
        }
        var others = new NDList();
        for (int i : indices(slot -> !slot.muon())) {
            Slot slot = slots.get(i);
            others.addAll(List.of(slot.value(), named(gradients.get(i), "g[]"), slot.first(), slot.second()));
        }
        tasks.add(() -> move(scratch, "adam", others, settings));
        workers.runAll(tasks);
    }

    private List<Integer> indices(Predicate<Slot> wanted) {
        return IntStream.range(0, slots.size()).filter(i -> wanted.test(slots.get(i))).boxed().toList();
    }

    private NDList move(NDManager scratch, String method, NDList weights, float... settings) {
        NDManager own = scratch.newSubManager();
        var arguments = new NDList(named(own.create(settings), "settings"));
        arguments.addAll(weights);
        return call(own, method, arguments);
    }

    /** The likeliest continuation of each prompt, up to {@code end} (not included) or {@code maxTokens} tokens. */
    public List<int[]> greedy(List<int[]> prompts, int maxTokens, int end) {
        int shards = Math.min(workers.count(), prompts.size());
        var parts = new ArrayList<Supplier<List<int[]>>>();
        for (int shard = 0; shard < shards; shard++) {
            List<int[]> some = prompts.subList(prompts.size() * shard / shards,
                    prompts.size() * (shard + 1) / shards);
            parts.add(() -> continuations(some, maxTokens, end));
        }
        return workers.runAll(parts).stream().flatMap(List::stream).toList();
    }

    private List<int[]> continuations(List<int[]> prompts, int maxTokens, int end) {
        var texts = new ArrayList<>(prompts);
        var done = new BitSet();
        for (int round = 0; round < maxTokens && done.cardinality() < texts.size(); round++) {
            long[] next = next(texts);
            for (int row = 0; row < next.length; row++) {
                if (next[row] == end) {
                    done.set(row);
                } else if (!done.get(row)) {
                    int[] text = Arrays.copyOf(texts.get(row), texts.get(row).length + 1);
                    text[text.length - 1] = (int) next[row];
                    texts.set(row, text);
                }
            }
        }
        var answers = new ArrayList<int[]>();
        for (int row = 0; row < texts.size(); row++) {
            answers.add(Arrays.copyOfRange(texts.get(row), prompts.get(row).length, texts.get(row).length));
        }
        return answers;
    }

    private long[] next(List<int[]> texts) {
        int longest = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
        int columns = Math.ceilDiv(longest, 16) * 16; // few shapes: the kernels are compiled anew for each
        int[][] padded = texts.stream().map(text -> Arrays.copyOf(text, columns)).toArray(int[][]::new);
        long[] last = texts.stream().mapToLong(text -> text.length - 1).toArray();
        try (NDManager scratch = manager.newSubManager()) {
            var arguments = new NDList(named(tokens(scratch, padded), "x"),
                    named(scratch.create(last), "last"));
            slots.forEach(slot -> arguments.add(slot.value()));
            return call(scratch, "next", arguments).singletonOrThrow().toLongArray();
        }
    }

    private NDList call(NDManager scratch, String method, NDList arguments) {
        arguments.add(named(scratch.create(0f), "module_method:" + method));
        NDList results = IValueUtils.forward(program.block(), arguments, true);
        results.attach(scratch);
        return results;
    }

    private static NDArray tokens(NDManager scratch, int[][] rows) {
        int columns = rows[0].length;
        var flat = new long[rows.length * columns];
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < columns; column++) {
                flat[row * columns + column] = rows[row][column];
            }
        }
        return scratch.create(flat, new Shape(rows.length, columns));
    }

    /** A copy of every weight, in the program's order. */
    public Map<String, float[]> weights() {
        var copy = new LinkedHashMap<String, float[]>();
        for (Slot slot : slots) {
            copy.put(slot.weight().name(), slot.value().toFloatArray());
        }
        return copy;
    }

    @Override
    public void close() {
        workers.close();
        program.close();
    }
}
