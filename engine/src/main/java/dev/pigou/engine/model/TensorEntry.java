package dev.pigou.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One tensor of a safetensors file.
 *
 * @param shape dimensions, outermost first; an empty list is a scalar
 * @param bytes the little-endian elements in row-major order: a read-only slice of the mapped file, valid
 *     until the {@link Checkpoint} or {@link SafetensorsFile} it came from is closed. Its address need not be
 *     aligned.
 */
public record TensorEntry(String name, SafetensorsDtype dtype, List<Long> shape, MemorySegment bytes) {
    public TensorEntry {
        shape = List.copyOf(shape);
    }
}
