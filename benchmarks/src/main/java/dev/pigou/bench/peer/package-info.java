/// The comparison with other engines: the same weights in the file format of llama.cpp, and one table of
/// everybody's figures. Reads model folders through {@link dev.pigou.engine.model} and result files as JSON;
/// starts nothing itself.
@NullMarked
package dev.pigou.bench.peer;

import org.jspecify.annotations.NullMarked;
