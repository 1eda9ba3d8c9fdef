/// `./pigou jmh check`: runs the benchmarks with JMH, reads and writes the baseline, and says what became
/// dearer. What counts as dearer is decided in `regression`.
@NullMarked
package dev.pigou.bench.jmh.check;

import org.jspecify.annotations.NullMarked;
