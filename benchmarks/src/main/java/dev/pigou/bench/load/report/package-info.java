/// Figures from results. This package computes them and prints nothing; `text` is the terminal, `file` the
/// JSON in vLLM's key names, `html` the page, `compare` the comparison of two servers. All of them read
/// {@link dev.pigou.bench.load.result} and nothing else of the harness.
@NullMarked
package dev.pigou.bench.load.report;

import org.jspecify.annotations.NullMarked;
