package dev.pigou.engine.model;

import java.util.List;

/**
 * A tensor that a model needs.
 *
 * @param name as the checkpoint names it
 * @param shape dimensions, outermost first; matrices are [out, in]
 */
public record WeightSpec(String name, List<Long> shape, WeightRole role) {
    public WeightSpec {
        shape = List.copyOf(shape);
    }

    /**
     * How many elements the shape has.
     *
     * @throws ArithmeticException if it exceeds a long, which the bounds of {@link ModelConfig} exclude
     */
    public long elements() { return shape.stream().reduce(1L, Math::multiplyExact); }
}
