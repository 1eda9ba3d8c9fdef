/// Traces of real traffic: when requests came, how long they were, which blocks of their prompts they share.
/// The formats are those of the public releases by Mooncake, Azure and others. Knows nothing of who
/// replays them.
@NullMarked
package dev.pigou.bench.trace;

import org.jspecify.annotations.NullMarked;
