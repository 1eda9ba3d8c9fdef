package dev.pigou.engine.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.Stream;

/** The plugin's operators, callable one by one: a program with a method for each. */
final class Operators implements AutoCloseable {
    private static final String TEXT = """
            class Step(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def pack_linear(self: __torch__.Step, weight: Tensor, format: int) -> Tensor:
                return ops.pigou.pack_linear(weight, format)
              def pack_quantized(self: __torch__.Step, numbers: Tensor, scales: Tensor, zeros: Tensor) -> Tensor:
                return ops.pigou.pack_quantized(numbers, scales, zeros)
              def linear(self: __torch__.Step, x: Tensor, packed: Tensor, bias: Tensor, out: int, format: int) -> Tensor:
                return ops.pigou.linear(x, packed, bias, out, format)
              def rms_norm(self: __torch__.Step, x: Tensor, weight: Tensor, eps: float) -> Tensor:
                return ops.pigou.rms_norm(x, weight, eps)
              def rotate_and_store(self: __torch__.Step, qkv: Tensor, cos: Tensor, sin: Tensor, positions: Tensor, q_norm: Tensor, k_norm: Tensor, eps: float, slots: Tensor, keys: Tensor, values: Tensor) -> Tensor:
                return ops.pigou.rotate_and_store(qkv, cos, sin, positions, q_norm, k_norm, eps, slots, keys, values)
              def silu_mul(self: __torch__.Step, gate_up: Tensor) -> Tensor:
                return ops.pigou.silu_mul(gate_up)
              def paged_attention(self: __torch__.Step, q: Tensor, keys: Tensor, values: Tensor, tables: Tensor, sequences: Tensor, block_size: int, window: int) -> Tensor:
                return ops.pigou.paged_attention(q, keys, values, tables, sequences, block_size, window)
              def project_and_attend(self: __torch__.Step, x: Tensor, norm: Tensor, qkv: Tensor, qkv_bias: Tensor, qkv_out: int, qkv_format: int, cos: Tensor, sin: Tensor, positions: Tensor, q_norm: Tensor, k_norm: Tensor, eps: float, slots: Tensor, keys: Tensor, values: Tensor, tables: Tensor, sequences: Tensor, block_size: int, window: int) -> Tensor:
                return ops.pigou.project_and_attend(x, norm, qkv, qkv_bias, qkv_out, qkv_format, cos, sin, positions, q_norm, k_norm, eps, slots, keys, values, tables, sequences, block_size, window)
              def finish_layer(self: __torch__.Step, x: Tensor, attended: Tensor, output: Tensor, output_bias: Tensor, output_out: int, output_format: int, norm: Tensor, gate_up: Tensor, gate_up_bias: Tensor, gate_up_out: int, gate_up_format: int, down: Tensor, down_bias: Tensor, down_out: int, down_format: int, eps: float) -> Tensor:
                ops.pigou.finish_layer(x, attended, output, output_bias, output_out, output_format, norm, gate_up, gate_up_bias, gate_up_out, gate_up_format, down, down_bias, down_out, down_format, eps)
                return x
              def greedy(self: __torch__.Step, logits: Tensor) -> Tensor:
                return ops.pigou.greedy(logits)
              def sample(self: __torch__.Step, logits: Tensor, rows: Tensor, knobs: Tensor, top_k: Tensor) -> Tensor:
                return ops.pigou.sample(logits, rows, knobs, top_k)
            """;

    private final PtNDManager manager = TorchRuntime.newManager(Device.cpu());
    private final PtSymbolBlock block;

    Operators() {
        byte[] archive = ScriptArchive.write(TEXT, Map.of("training", false));
        try (var in = new ByteArrayInputStream(archive)) {
            block = JniUtils.loadModule(manager, in, false, false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Calls an operator with tensors, longs and doubles. */
    NDArray call(String name, Object... arguments) {
        IValue[] values = Stream.of(arguments).map(argument -> switch (argument) {
            case PtNDArray array -> IValue.from(array);
            case Long number -> IValue.from(number);
            case Double number -> IValue.from(number);
            default -> throw new IllegalArgumentException("no IValue for " + argument);
        }).toArray(IValue[]::new);
        try (IValue result = IValueUtils.runMethod(block, name, values)) {
            return result.toTensor(manager);
        } finally {
            Stream.of(values).forEach(IValue::close);
        }
    }

    /** float32, every element 0.5. */
    NDArray floats(long... shape) {
        return manager.full(new Shape(shape), 0.5f, DataType.FLOAT32);
    }

    NDArray longs(long... values) { return manager.create(values); }

    NDArray bytes(byte... values) {
        return manager.create(ByteBuffer.wrap(values), new Shape(values.length), DataType.UINT8);
    }

    NDArray doubles(double... values) { return manager.create(values); }

    @Override
    public void close() {
        block.close();
        manager.close();
    }
}
