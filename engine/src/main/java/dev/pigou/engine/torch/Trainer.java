package dev.pigou.engine.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains one model in float32 on the CPU: weights, their gradients' moments, and the program that moves them. Owned
 * by one thread, the one that made it.
 */
public final class Trainer implements AutoCloseable {
    /** Marks a position at which nothing is to be learned. */
    public static final int IGNORED = -100;

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.98;

    private final TrainingShape shape;
    private final NDManager manager;
    private final PtSymbolBlock program;
    private final NDList weights = new NDList();
    private final NDList firstMoments = new NDList();
    private final NDList secondMoments = new NDList();
    private int steps;

    /** What one step saw: the mean loss over the learned tokens in nats, and the norm of its gradient. */
    public record Progress(float loss, float gradientNorm) {
    }

    /** @param initial a value for every weight of the shape, row by row */
    public Trainer(TrainingShape shape, Map<String, float[]> initial, int threads) {
        this.shape = shape;
        System.setProperty("ai.djl.offline", "true");
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        JniUtils.setNumThreads(threads);
        JniUtils.setGraphExecutorOptimize(false);
        program = load(manager, TrainingProgram.archive(TrainingProgram.text(shape)));
        for (TrainingShape.Weight weight : shape.weights()) {
            float[] values = initial.get(weight.name());
            if (values == null || values.length != weight.elements()) {
                throw new IllegalArgumentException(weight.name() + " must have " + weight.elements() + " values");
            }
            var dimensions = new Shape(weight.dimensions().stream().mapToLong(Integer::longValue).toArray());
            weights.add(named(manager.create(values, dimensions), "w[]"));
            firstMoments.add(named(manager.zeros(dimensions), "m[]"));
            secondMoments.add(named(manager.zeros(dimensions), "v[]"));
        }
    }

    private static PtSymbolBlock load(NDManager manager, byte[] archive) {
        try {
            return JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }

    /**
     * One step of AdamW.
     *
     * @param inputs token ids, one array a row, all of the same length
     * @param targets the token each position should produce, or {@link #IGNORED}
     */
    public Progress step(int[][] inputs, int[][] targets, double learningRate) {
        steps++;
        try (NDManager scratch = manager.newSubManager()) {
            float[] rates = {(float) learningRate, (float) (1 - Math.pow(BETA1, steps)),
                    (float) (1 - Math.pow(BETA2, steps))};
            var arguments = new NDList(named(tokens(scratch, inputs), "x"), named(tokens(scratch, targets), "y"),
                    named(scratch.create(rates), "rates"));
            arguments.addAll(weights);
            arguments.addAll(firstMoments);
            arguments.addAll(secondMoments);
            JniUtils.setGradMode(true); // of this thread; DJL turns it off at start
            float[] seen = call(scratch, "train", arguments, true).toFloatArray();
            return new Progress(seen[0], seen[1]);
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** The likeliest continuation of each prompt, up to {@code end} (not included) or {@code maxTokens} tokens. */
    public List<int[]> greedy(List<int[]> prompts, int maxTokens, int end) {
        var texts = new ArrayList<>(prompts);
        var done = new boolean[prompts.size()];
        for (int round = 0; round < maxTokens; round++) {
            List<Integer> open = new ArrayList<>();
            for (int i = 0; i < done.length; i++) {
                if (!done[i]) {
                    open.add(i);
                }
            }
            if (open.isEmpty()) {
                break;
            }
            long[] next = next(open.stream().map(texts::get).toList());
            for (int i = 0; i < next.length; i++) {
                int row = open.get(i);
                if (next[i] == end) {
                    done[row] = true;
                } else {
                    int[] text = Arrays.copyOf(texts.get(row), texts.get(row).length + 1);
                    text[text.length - 1] = (int) next[i];
                    texts.set(row, text);
                }
            }
        }
        var answers = new ArrayList<int[]>();
        for (int i = 0; i < done.length; i++) {
            answers.add(Arrays.copyOfRange(texts.get(i), prompts.get(i).length, texts.get(i).length));
        }
        return answers;
    }

    private long[] next(List<int[]> texts) {
        int columns = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
        int[][] padded = texts.stream().map(text -> Arrays.copyOf(text, columns)).toArray(int[][]::new);
        long[] last = texts.stream().mapToLong(text -> text.length - 1).toArray();
        try (NDManager scratch = manager.newSubManager()) {
            var arguments = new NDList(named(tokens(scratch, padded), "x"), named(scratch.create(last), "last"));
            arguments.addAll(weights);
            return call(scratch, "next", arguments, false).toLongArray();
        }
    }

    private NDArray call(NDManager scratch, String method, NDList arguments, boolean training) {
        arguments.add(named(scratch.create(0f), "module_method:" + method));
        NDArray result = IValueUtils.forward(program, arguments, training).singletonOrThrow();
        result.attach(scratch);
        return result;
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
        for (int i = 0; i < weights.size(); i++) {
            copy.put(shape.weights().get(i).name(), weights.get(i).toFloatArray());
        }
        return copy;
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }
}
