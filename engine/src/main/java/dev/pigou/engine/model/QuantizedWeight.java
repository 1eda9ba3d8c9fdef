package dev.pigou.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A matrix [out, in] of 4-bit numbers: weight = (q - zero) * scale, with one zero and scale for each output and group of
 * inputs. Eight numbers share an int32.
 *
 * <pre>
 *          qweight       qzeros             scales          g_idx
 *   awq    [in, out/8]   [groups, out/8]    [groups, out]                  words interleaved
 *   gptq   [in/8, out]   [groups, out/8]    [groups, out]   [in] or none   words in order
 * </pre>
 */
public final class QuantizedWeight {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int PER_WORD = 8;
    private static final int WORDS_TO_A_LINE = 16; // of the cache

    /** Bounds within which a scale keeps float16's precision, and so does eight times it. */
    private static final float LEAST_SCALE = 0x1p-14f;
    private static final float LARGEST_SCALE = 0x1p12f;

    /** Where in its word the number of each of eight outputs is: AWQ writes them in the order 0 2 4 6 1 3 5 7. */
    private static final int[] AWQ_PLACE = {0, 4, 1, 5, 2, 6, 3, 7};

    private final QuantizationConfig config;
    private final int out;
    private final int in;
    private final int groupSize;
    private final TensorEntry qweight;
    private final TensorEntry qzeros;
    private final TensorEntry scales;
    private final Optional<TensorEntry> groupIndex;

    /** @throws ModelFolderException if a tensor is missing or does not fit the weight */
    QuantizedWeight(QuantizationConfig config, WeightSpec weight, Checkpoint checkpoint) {
        this.config = config;
        out = Math.toIntExact(weight.shape().getFirst());
        in = Math.toIntExact(weight.shape().getLast());
        groupSize = config.groupSize() < 0 ? in : config.groupSize();
        String module = weight.name().substring(0, weight.name().length() - "weight".length());
        if (in % groupSize != 0 || in % PER_WORD != 0 || out % PER_WORD != 0) {
            throw checkpoint.problem("quantization_config.group_size is " + groupSize + ", but " + module
                    + "qweight [" + out + ", " + in + "] needs a divisor of its inputs, and multiples of 8");
        }
        long groups = in / groupSize;
        boolean awq = config.method() == QuantizationConfig.Method.AWQ;
        qweight = checkpoint.tensor(module + "qweight",
                awq ? List.of((long) in, (long) out / PER_WORD) : List.of((long) in / PER_WORD, (long) out),
                List.of(SafetensorsDtype.I32));
        qzeros = checkpoint.tensor(module + "qzeros", List.of(groups, (long) out / PER_WORD),
                List.of(SafetensorsDtype.I32));
        scales = checkpoint.tensor(module + "scales", List.of(groups, (long) out),
                List.of(SafetensorsDtype.F16, SafetensorsDtype.BF16, SafetensorsDtype.F32));
        String index = module + "g_idx";
        groupIndex = awq || checkpoint.find(index).isEmpty()
                ? Optional.empty()
                : Optional.of(checkpoint.tensor(index, List.of((long) in), List.of(SafetensorsDtype.I32)));
        for (int input = 0; input < in; input++) {
            int group = group(input);
            if (group < 0 || group >= groups) {
                throw checkpoint.problem("tensor " + index + "[" + input + "] is " + group
                        + ", but there are " + groups + " groups");
            }
        }
    }

    public int out() { return out; }

    public int in() { return in; }

    /** Group of an input: they follow one another, unless desc_act sorted the inputs before grouping them. */
    private int group(int input) {
        return groupIndex.map(index -> index.bytes().getAtIndex(INT, input)).orElse(input / groupSize);
    }

    /** Runs of inputs, or sets of them if {@link #isGrouped} is false, that have a scale and a zero point each. */
    public int groups() {
        return in / groupSize;
    }

    /**
     * Whether its groups are runs of inputs, all of a row or a multiple of 32, and its scales float16 numbers that leave
     * room for a zero point: what kernels for 4-bit weights take as it is.
     */
    public boolean isGrouped() {
        boolean runs = groupSize == in || groupSize % 32 == 0;
        for (int input = 0; runs && input < in; input++) {
            runs = group(input) == input / groupSize;
        }
        for (long i = 0; runs && scales.dtype() != SafetensorsDtype.F16 && i < (long) out * groups(); i++) {
            float size = Math.abs(scale(i));
            runs = size == 0 || (size >= LEAST_SCALE && size <= LARGEST_SCALE);
        }
        return runs;
    }

    /** Writes the integers to {@code to}, a byte each, [out, in] in row-major order. */
    public void copyNumbers(MemorySegment to) {
        boolean awq = config.method() == QuantizationConfig.Method.AWQ;
        int columns = awq ? out / PER_WORD : out;
        int rows = awq ? in : in / PER_WORD;
        for (int first = 0; first < columns; first += WORDS_TO_A_LINE) {
            int end = Math.min(columns, first + WORDS_TO_A_LINE);
            for (int row = 0; row < rows; row++) {
                for (int column = first; column < end; column++) {
                    int word = qweight.bytes().getAtIndex(INT, (long) row * columns + column);
                    long bytes = Long.expand(Integer.toUnsignedLong(word), 0x0F0F0F0F0F0F0F0FL);
                    if (awq) {
                        copyDown(bytes, column, row, to);
                    } else {
                        to.set(LONG, (long) column * in + (long) row * PER_WORD, bytes);
                    }
                }
            }
        }
    }

    /** A word of AWQ's has one input of eight outputs. */
    private void copyDown(long bytes, int column, int input, MemorySegment to) {
        for (int i = 0; i < PER_WORD; i++) {
            byte number = (byte) (bytes >>> (8 * AWQ_PLACE[i]));
            to.set(ValueLayout.JAVA_BYTE, ((long) column * PER_WORD + i) * in + input, number);
        }
    }

    /** Writes the scales as float32 to {@code scaleTo} and the zero points as bytes to {@code zeroTo}, both [out, groups]. */
    public void copyGroups(MemorySegment scaleTo, MemorySegment zeroTo) {
        long at = 0;
        for (int output = 0; output < out; output++) {
            for (int group = 0; group < groups(); group++, at++) {
                scaleTo.setAtIndex(FLOAT, at, scale((long) group * out + output));
                zeroTo.set(ValueLayout.JAVA_BYTE, at, (byte) zero(group, output));
            }
        }
    }

    private int zero(int group, int output) {
        return nibble(qzeros, (long) group * (out / PER_WORD) + output / PER_WORD, place(output))
                + config.zeroOffset();
    }

    /** Writes it to {@code dense}, as float32 in row-major order. */
    public void dequantize(MemorySegment dense) {
        int[] groups = new int[in];
        for (int input = 0; input < in; input++) {
            groups[input] = group(input);
        }
        float[] scale = new float[in / groupSize];
        int[] zero = new int[scale.length];
        long at = 0;
        for (int output = 0; output < out; output++) {
            for (int group = 0; group < scale.length; group++) {
                scale[group] = scale((long) group * out + output);
                zero[group] = zero(group, output);
            }
            for (int input = 0; input < in; input++) {
                int group = groups[input];
                dense.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at++,
                        (number(input, output) - zero[group]) * scale[group]);
            }
        }
    }

    private int number(int input, int output) {
        return switch (config.method()) {
            case AWQ -> nibble(qweight, (long) input * (out / PER_WORD) + output / PER_WORD, place(output));
            case GPTQ -> nibble(qweight, (long) (input / PER_WORD) * out + output, input % PER_WORD);
        };
    }

    private int place(int output) {
        int index = output % PER_WORD;
        return config.method() == QuantizationConfig.Method.AWQ ? AWQ_PLACE[index] : index;
    }

    private static int nibble(TensorEntry words, long word, int place) {
        return (words.bytes().getAtIndex(INT, word) >>> (4 * place)) & 0xF;
    }

    private float scale(long index) {
        return switch (scales.dtype()) {
            case F16 -> Float.float16ToFloat(scales.bytes().getAtIndex(SHORT, index));
            case BF16 -> Float.intBitsToFloat(scales.bytes().getAtIndex(SHORT, index) << 16);
            default -> scales.bytes().getAtIndex(FLOAT, index);
        };
    }

    /** Lets go of the file's pages. */
    public void unload() {
        Stream.of(qweight, qzeros, scales).forEach(tensor -> tensor.bytes().unload());
    }
}
