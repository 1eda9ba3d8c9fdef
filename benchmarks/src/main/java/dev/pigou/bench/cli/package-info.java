/// The commands of the benchmarks, and the only place that sees all of them.
@NullMarked
package dev.pigou.bench.cli;

import org.jspecify.annotations.NullMarked;
