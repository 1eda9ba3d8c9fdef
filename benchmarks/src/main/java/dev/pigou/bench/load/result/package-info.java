/// What a run brought back, as plain records: one for each request, and those of the run around them. Knows
/// nothing of how it was measured or how it will be shown.
@NullMarked
package dev.pigou.bench.load.result;

import org.jspecify.annotations.NullMarked;
