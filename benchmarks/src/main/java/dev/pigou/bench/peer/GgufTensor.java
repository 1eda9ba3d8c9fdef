package dev.pigou.bench.peer;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor to be written.
 *
 * @param name as llama.cpp knows it
 * @param shape dimensions, outermost first; the file lists them the other way round
 * @param bytes the elements, little-endian and in row-major order; asked for once, when they are written, so that no more
 *     than one tensor is held in memory
 */
record GgufTensor(String name, List<Long> shape, GgmlType type, Supplier<MemorySegment> bytes) {
    GgufTensor {
        shape = List.copyOf(shape);
    }

    long byteSize() { return shape.stream().reduce(1L, Math::multiplyExact) * type.bytes(); }
}
