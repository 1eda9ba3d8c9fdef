/// Figures from results: percentiles, the table, the JSON file in vLLM's key names, the HTML page, the
/// comparison of two files. Reads {@link dev.pigou.bench.load.result} and nothing else of the harness.
@NullMarked
package dev.pigou.bench.load.report;

import org.jspecify.annotations.NullMarked;
