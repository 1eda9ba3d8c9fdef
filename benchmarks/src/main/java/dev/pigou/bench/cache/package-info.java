/// Which cached prefixes to keep: recorded prompts pass through the real cache under each retention policy,
/// and under one that knows the future. Time is the trace's; nothing is computed and nothing waits.
@NullMarked
package dev.pigou.bench.cache;

import org.jspecify.annotations.NullMarked;
