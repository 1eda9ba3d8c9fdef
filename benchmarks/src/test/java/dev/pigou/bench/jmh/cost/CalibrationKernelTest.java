package dev.pigou.bench.jmh.cost;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class CalibrationKernelTest {
    @Test
    void itsWorkNeverChanges() {
        var kernel = new CalibrationKernel();
        assertThat(kernel.run()).isEqualTo(kernel.run()).isEqualTo(-204927800); // every ratio in a baseline is to this work
    }
}
