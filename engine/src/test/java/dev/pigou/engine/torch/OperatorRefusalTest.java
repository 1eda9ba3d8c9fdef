package dev.pigou.engine.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every operator refuses what it cannot work on, by name, before it reads anything: one argument of a call that is right
 * is replaced, and the message must say which, what came and what is needed.
 */
class OperatorRefusalTest {
    private static Operators operators;

    @BeforeAll
    static void load() {
        TestKernels.nativeOnes();
        operators = new Operators();
    }

    @AfterAll
    static void close() {
        if (operators != null) {
            operators.close();
        }
    }

    /** A call that works, and what to break in it. */
    private record Call(String operator, List<Object> arguments) {
        Object run() { return operators.call(operator, arguments.toArray()); }

        /** The call with argument {@code index} replaced is refused with a message that has all these parts. */
        DynamicTest refuses(String what, int index, Object replacement, String... parts) {
            return DynamicTest.dynamicTest(operator + ": " + what, () -> {
                Object[] changed = arguments.toArray();
                changed[index] = replacement;
                assertThatThrownBy(() -> operators.call(operator, changed))
                        .isInstanceOf(EngineException.class).hasMessageContaining("pigou::" + operator + ": ")
                        .satisfies(
                                e -> assertThat(TorchFailure.of("the step", (EngineException) e).getMessage())
                                        .as("what a failed step would say").contains(parts).hasLineCount(1));
                assertThat(run()).as("the same call, unbroken, afterwards").isNotNull();
            });
        }
    }

    private static Call call(String operator, Object... arguments) {
        return new Call(operator, Arrays.asList(arguments));
    }

    private static NDArray floats(long... shape) { return operators.floats(shape); }

    private static NDArray longs(long... values) { return operators.longs(values); }

    private static NDArray none() { return operators.floats(0); }

    /** Rows with gaps. */
    private static NDArray strided(long rows, long columns) {
        return floats(columns, rows).transpose();
    }

    @TestFactory
    Stream<DynamicTest> packLinear() {
        Call call = call("pack_linear", floats(8, 64), 8L);
        return Stream.of(call.refuses("a vector", 0, floats(64), "weight must be", "float32 [64]"),
                call.refuses("whole numbers", 0, longs(1, 2).reshape(1, 2), "weight must be", "int64 [1, 2]"),
                call.refuses("float64", 0, operators.doubles(1, 2).reshape(1, 2), "float64 [1, 2]"),
                call.refuses("nothing", 0, floats(0, 64), "weight must be", "[0, 64]"),
                call.refuses("strides", 0, strided(8, 64), "contiguous", "strides [1, 8]"), call.refuses(
                        "an unknown format", 1, 5L, "format must be 0 (dense), 8 (int8) or 4 (int4)", "5"));
    }

    @TestFactory
    Stream<DynamicTest> packQuantized() {
        Call call = call("pack_quantized", numbers(8, 128), floats(8, 2), numbers(8, 2));
        return Stream.of(call.refuses("a vector", 0, numbers(64), "numbers must be", "uint8 [64]"),
                call.refuses("floats", 0, floats(8, 128), "numbers must be", "float32 [8, 128]"),
                call.refuses("strides", 0, numbers(128, 8).transpose(), "contiguous", "strides [1, 8]"),
                call.refuses("nothing", 0, numbers(0, 128), "numbers must be", "[0, 128]"),
                call.refuses("other outputs", 1, floats(7, 2), "scales must be", "[7, 2]"),
                call.refuses("groups of 16 inputs", 1, floats(8, 8), "scales must be", "multiple of 32",
                        "[8, 8]"),
                call.refuses("groups of unequal length", 1, floats(8, 3), "scales must be", "[8, 3]"),
                call.refuses("no groups", 1, floats(8, 0), "scales must be", "[8, 0]"),
                call.refuses("float64 scales", 1, operators.doubles(1, 2).reshape(1, 2), "scales must be"),
                call.refuses("zeros of other groups", 2, numbers(8, 4), "zeros must be", "[8, 4]"),
                call.refuses("zeros of other outputs", 2, numbers(2, 2), "zeros must be", "[2, 2]"),
                call.refuses("floating zeros", 2, floats(8, 2), "zeros must be", "float32 [8, 2]"));
    }

    private static NDArray numbers(long... shape) { return floats(shape).toType(DataType.UINT8, true); }

    @TestFactory
    Stream<DynamicTest> linear() {
        NDArray packed = operators.call("pack_linear", floats(8, 64), 8L);
        Call call = call("linear", floats(3, 64), packed, none(), 8L, 8L);
        byte[] others = packed.toByteArray();
        others[0] ^= 1;
        NDArray foreign = operators.bytes(others);
        NDArray cut = packed.get("0:" + (packed.size() - 64));
        return Stream.of(call.refuses("a vector", 0, floats(64), "x must be", "float32 [64]"),
                call.refuses("another width", 0, floats(3, 32),
                        "the width of x must be as many as the packed weight has inputs", "is 32"),
                call.refuses("whole numbers", 0, longs(1, 2).reshape(1, 2), "x must be a floating matrix"),
                call.refuses("gaps inside rows", 0, strided(3, 64), "contiguous rows", "strides [1, 3]"),
                call.refuses("a weight not packed", 1, floats(8, 64), "packed must be", "float32 [8, 64]"),
                call.refuses("somebody else's bytes", 1, foreign, "packed must be", "pack_linear"),
                call.refuses("bytes cut short", 1, cut, "packed must be", "pack_linear"),
                call.refuses("too few bytes for a header", 1, packed.get("0:8"), "packed must be", "[8]"),
                call.refuses("no bytes", 1, operators.floats(0).toType(DataType.UINT8, true), "packed"),
                call.refuses("a bias of another length", 2, floats(7), "bias must be", "[7]"),
                call.refuses("a bias of another type", 2, operators.doubles(1, 2, 3, 4, 5, 6, 7, 8),
                        "bias must"),
                call.refuses("another number of outputs", 3, 9L, "out must be", "9"),
                call.refuses("a negative number of outputs", 3, -8L, "out must be", "-8"),
                call.refuses("another format", 4, 4L, "format must be that of the packed weight", "4"));
    }

    @TestFactory
    Stream<DynamicTest> norms() {
        Call norm = call("rms_norm", floats(3, 64), floats(64), 1e-6);
        return Stream.of(norm.refuses("strides", 0, strided(3, 64), "x must be a contiguous"),
                norm.refuses("whole numbers", 0, longs(1, 2), "x must be", "int64 [2]"),
                norm.refuses("another weight", 1, floats(63), "weight must be", "[63]"),
                norm.refuses("a negative eps", 2, -1.0, "eps must be at least 0", "-1"),
                norm.refuses("a weight matrix", 1, floats(1, 64), "weight must be", "[1, 64]"),
                norm.refuses("an eps that is not a number", 2, Double.NaN, "eps must be", "nan"));
    }

    @TestFactory
    Stream<DynamicTest> siluMul() {
        Call call = call("silu_mul", floats(3, 64));
        return Stream.of(call.refuses("an odd width", 0, floats(3, 63), "gate_up must be", "[3, 63]"),
                call.refuses("a vector", 0, floats(64), "gate_up must be", "[64]"),
                call.refuses("strides", 0, strided(3, 64), "gate_up must be a contiguous"));
    }

    /** Two tokens; 2 query heads and 1 key head of 8; 16 positions; a pool of 32 slots. */
    @TestFactory
    Stream<DynamicTest> rotateAndStore() {
        Call call = call("rotate_and_store", floats(2, 4, 8), floats(16, 4), floats(16, 4), longs(0, 15),
                none(), none(), 1e-6, longs(16, 31), floats(32, 1, 8), floats(32, 1, 8));
        return Stream.of(call.refuses("too few heads", 0, floats(2, 2, 8), "qkv must be", "[2, 2, 8]"),
                call.refuses("another head size", 0, floats(2, 4, 16), "qkv must be", "[2, 4, 16]"),
                call.refuses("strides", 0, floats(4, 2, 8).transpose(1, 0, 2), "qkv must be contiguous"),
                call.refuses("angles of another size", 1, floats(16, 8), "cos must be", "[16, 8]"),
                call.refuses("fewer sines", 2, floats(15, 4), "sin must be", "[15, 4]"),
                call.refuses("a position too far", 3, longs(0, 16), "positions[1] is 16", "16 positions"),
                call.refuses("a negative position", 3, longs(-1, 0), "positions[0] is -1"),
                call.refuses("too few positions", 3, longs(0), "positions must be int64 [n]", "[1]"),
                call.refuses("int32 positions", 3, longs(0, 1).toType(DataType.INT32, true), "positions",
                        "int32"),
                call.refuses("one norm of two", 4, floats(8), "k_norm must be"),
                call.refuses("a norm of another size", 5, floats(7), "k_norm must be", "[7]"),
                call.refuses("a slot too far", 7, longs(16, 32), "slots[1] is 32", "32 slots in the pool"),
                call.refuses("a negative slot", 7, longs(Long.MIN_VALUE, 0),
                        "slots[0] is -9223372036854775808"),
                call.refuses("a pool without heads", 8, floats(32, 8), "keys must be", "[32, 8]"),
                call.refuses("pools that differ", 9, floats(31, 1, 8), "values must be", "[31, 1, 8]"));
    }

    /** Two sequences: 2 rows that see 5 slots, 1 row that sees 4; blocks of 4; a pool of 32 slots, 8 blocks. */
    @TestFactory
    Stream<DynamicTest> pagedAttention() {
        Call call = call("paged_attention", floats(3, 2, 8), floats(32, 1, 8), floats(32, 1, 8),
                longs(7, 0, 3), sequences(0, 2, 0, 5, 2, 1, 2, 4), 4L, 0L);
        return Stream.of(call.refuses("a matrix", 0, floats(3, 16), "q must be", "[3, 16]"),
                call.refuses("no heads", 0, floats(3, 0, 8), "q must be", "[3, 0, 8]"),
                call.refuses("another type", 0, floats(3, 2, 8).toType(DataType.FLOAT64, true), "q must be"),
                call.refuses("strides", 0, floats(2, 3, 8).transpose(1, 0, 2), "q must be contiguous"),
                call.refuses("pools that differ", 2, floats(32, 1, 16), "values must be", "[32, 1, 16]"),
                call.refuses("a block too far", 3, longs(7, 8, 3), "tables[1] is 8", "8 blocks in the pool"),
                call.refuses("a negative block", 3, longs(7, 0, -1), "tables[2] is -1"),
                call.refuses("int32 tables", 3, longs(7, 0, 3).toType(DataType.INT32, true),
                        "tables must be int64"),
                call.refuses("too few numbers", 4, longs(0, 2, 0).reshape(1, 3), "sequences must be",
                        "[1, 3]"),
                call.refuses("a gap between rows", 4, sequences(0, 1, 0, 5, 2, 1, 2, 4),
                        "first row of sequence 1"),
                call.refuses("rows left over", 4, sequences(0, 2, 0, 5), "the rows of all sequences", "is 2"),
                call.refuses("more rows than q has", 4, sequences(0, 4, 0, 5), "rows of sequence 0", "is 4"),
                call.refuses("no rows", 4, sequences(0, 0, 0, 5, 0, 3, 0, 5), "rows of sequence 0", "is 0"),
                call.refuses("negative rows", 4, sequences(0, -2, 0, 5), "rows of sequence 0", "is -2"),
                call.refuses("a length below its rows", 4, sequences(0, 3, 0, 2), "length of sequence 0",
                        "is 2"),
                call.refuses("a negative length", 4, sequences(0, 3, 0, -5), "length of sequence 0", "is -5"),
                call.refuses("more slots than the table has", 4, sequences(0, 3, 0, 13), "first entry",
                        "is 0"),
                call.refuses("a length near the end of longs", 4, sequences(0, 3, 0, Long.MAX_VALUE),
                        "first entry"),
                call.refuses("an entry behind the table", 4, sequences(0, 3, 4, 5), "first entry", "is 4"),
                call.refuses("a negative entry", 4, sequences(0, 3, -1, 5), "first entry", "is -1"),
                call.refuses("no block size", 5, 0L, "block_size must be positive", "0"),
                call.refuses("a negative window", 6, -1L, "window must be at least 0", "-1"));
    }

    /** Two tokens of width 64; the rest as in {@link #rotateAndStore} and {@link #pagedAttention}: one sequence. */
    @TestFactory
    Stream<DynamicTest> projectAndAttend() {
        NDArray qkv = operators.call("pack_linear", floats(32, 64), 0L);
        Call call = call("project_and_attend", floats(2, 64), floats(64), qkv, none(), 32L, 0L, floats(16, 4),
                floats(16, 4), longs(3, 4), none(), none(), 1e-6, longs(31, 0), floats(32, 1, 8),
                floats(32, 1, 8), longs(7, 0), sequences(0, 2, 0, 5), 4L, 0L);
        return Stream.of(call.refuses("a vector", 0, floats(64), "x must be", "float32 [64]"),
                call.refuses("gaps inside rows", 0, strided(2, 64), "x must be a contiguous"),
                call.refuses("another type", 0, floats(2, 64).toType(DataType.FLOAT64, true), "x must be"),
                call.refuses("another width", 0, floats(2, 32), "norm must be", "[64]"),
                call.refuses("a matrix for more inputs", 2,
                        operators.call("pack_linear", floats(32, 128), 0L),
                        "the width of x must be as many as the packed weight has inputs", "64"),
                call.refuses("another norm", 1, floats(63), "norm must be", "[63]"),
                call.refuses("a weight not packed", 2, floats(32, 64), "qkv must be", "float32 [32, 64]"),
                call.refuses("bytes cut short", 2, qkv.get("0:64"), "qkv must be", "pack_linear"),
                call.refuses("a bias of another length", 3, floats(31), "qkv_bias must be", "[31]"),
                call.refuses("outputs that make no head", 4, 31L, "qkv_out must be (h + 2 kv) d", "31"),
                call.refuses("no query heads", 4, 16L, "qkv_out must be (h + 2 kv) d", "16"),
                call.refuses("outputs of another weight", 4, 24L, "qkv_out must be that of the packed", "24"),
                call.refuses("another format", 5, 8L, "qkv_format must be that of the packed weight", "8"),
                call.refuses("angles of another size", 6, floats(16, 8), "cos must be", "[16, 8]"),
                call.refuses("too few positions", 8, longs(3), "positions must be int64 [n]", "[1]"),
                call.refuses("a position too far", 8, longs(3, 16), "positions[1] is 16", "16 positions"),
                call.refuses("one norm of two", 9, floats(8), "k_norm must be"),
                call.refuses("a negative eps", 11, -1.0, "eps must be at least 0"),
                call.refuses("a slot too far", 12, longs(31, 32), "slots[1] is 32", "32 slots in the pool"),
                call.refuses("a pool of another head size", 13, floats(32, 1, 16), "values must be"),
                call.refuses("pools that differ", 14, floats(31, 1, 8), "values must be", "[31, 1, 8]"),
                call.refuses("a block too far", 15, longs(7, 8), "tables[1] is 8", "8 blocks in the pool"),
                call.refuses("rows left over", 16, sequences(0, 1, 0, 5), "the rows of all sequences",
                        "is 1"),
                call.refuses("no block size", 17, 0L, "block_size must be positive", "0"),
                call.refuses("a negative window", 18, -1L, "window must be at least 0", "-1"));
    }

    /** Three rows of width 64; 32 attended numbers a row; an MLP of width 96. */
    @TestFactory
    Stream<DynamicTest> finishLayer() {
        NDArray output = operators.call("pack_linear", floats(64, 32), 0L);
        NDArray gateUp = operators.call("pack_linear", floats(192, 64), 8L);
        NDArray down = operators.call("pack_linear", floats(64, 96), 4L);
        Call call = call("finish_layer", floats(3, 64), floats(3, 32), output, none(), 64L, 0L, floats(64),
                gateUp, none(), 192L, 8L, down, none(), 64L, 4L, 1e-6);
        return Stream.of(call.refuses("a vector", 0, floats(64), "x must be", "[64]"),
                call.refuses("strides", 0, strided(3, 64), "x must be a contiguous"),
                call.refuses("other rows", 1, floats(2, 32), "attended must be", "[2, 32]"),
                call.refuses("another width", 1, floats(3, 64), "the width of attended must be", "is 64"),
                call.refuses("a weight not packed", 2, floats(64, 32), "output must be", "float32 [64, 32]"),
                call.refuses("a bias of another length", 3, floats(63), "output_bias must be", "[63]"),
                call.refuses("another output", 4, 32L, "output_out must be the width of x", "32"),
                call.refuses("another format", 5, 8L, "output_format must be that of the packed", "8"),
                call.refuses("another norm", 6, floats(63), "norm must be", "[63]"),
                call.refuses("another matrix", 7, down, "gate_up_out must be that of the packed", "192"),
                call.refuses("a bias of another type", 8, operators.doubles(1, 2), "gate_up_bias must be"),
                call.refuses("an odd width", 9, 191L, "gate_up_out must be even", "191"),
                call.refuses("another format", 10, 0L, "gate_up_format must be that of the packed", "0"),
                call.refuses("a matrix for more inputs", 11,
                        operators.call("pack_linear", floats(64, 128), 4L),
                        "half of gate_up_out must be as many as the packed weight has inputs", "96"),
                call.refuses("a bias of another length", 12, floats(65), "down_bias must be", "[65]"),
                call.refuses("another width", 13, 96L, "down_out must be the width of x", "96"),
                call.refuses("another format", 14, 8L, "down_format must be that of the packed", "8"),
                call.refuses("a negative eps", 15, -1.0, "eps must be at least 0", "-1"));
    }

    private static NDArray sequences(long... numbers) { return longs(numbers).reshape(new Shape(-1, 4)); }

    @TestFactory
    Stream<DynamicTest> greedy() {
        Call call = call("greedy", floats(3, 100));
        return Stream.of(
                call.refuses("float64", 0, floats(3, 100).toType(DataType.FLOAT64, true), "logits must be"),
                call.refuses("strides", 0, strided(3, 100), "logits must be contiguous"),
                call.refuses("a vector", 0, floats(100), "logits must be", "[100]"),
                call.refuses("no tokens", 0, floats(3, 0), "logits must be", "[3, 0]"));
    }

    @TestFactory
    Stream<DynamicTest> sample() {
        Call call = call("sample", floats(3, 100), longs(2, 0), knobs(1, 1, 0, 0.5, 0.7, 0.9, 0.1, 0.1),
                longs(0, 5));
        return Stream.of(
                call.refuses("float64", 0, floats(3, 100).toType(DataType.FLOAT64, true), "logits must be"),
                call.refuses("strides", 0, strided(3, 100), "logits must be contiguous"),
                call.refuses("a row too far", 1, longs(2, 3), "rows[1] is 3", "3 rows of logits"),
                call.refuses("a negative row", 1, longs(-1, 0), "rows[0] is -1"),
                call.refuses("too few knobs", 2, knobs(1, 1, 0, 0.5), "knobs must be", "[1, 4]"),
                call.refuses("no temperature", 2, knobs(1, 1, 0, 0.5, 0, 1, 0, 0.5),
                        "temperature 1 must be above 0"),
                call.refuses("no top_p", 2, knobs(1, 0, 0, 0.5, 1, 1, 0, 0.5), "top_p 0 must be in (0, 1]"),
                call.refuses("a large min_p", 2, knobs(1, 1, 2, 0.5, 1, 1, 0, 0.5),
                        "min_p 0 must be in [0, 1]"),
                call.refuses("NaN", 2, knobs(1, 1, 0, Double.NaN, 1, 1, 0, 0.5), "uniform number 0", "nan"),
                call.refuses("a negative top_k", 3, longs(0, -5), "top_k 1 must be", "-5"),
                call.refuses("too few top_k", 3, longs(0), "top_k must be int64 [k]", "[1]"));
    }

    private static NDArray knobs(double... numbers) {
        return operators.doubles(numbers).reshape(new Shape(-1, 4));
    }
}
