/// What each part of the price policy is worth: the same policy with one part replaced by what others do.
/// Knows the scheduler and nothing of the simulator that runs it.
@NullMarked
package dev.pigou.bench.sim.ablation;

import org.jspecify.annotations.NullMarked;
