/// The result file: JSON that tools made for vLLM's can read, and that we read back whole.
@NullMarked
package dev.pigou.bench.load.report.file;

import org.jspecify.annotations.NullMarked;
