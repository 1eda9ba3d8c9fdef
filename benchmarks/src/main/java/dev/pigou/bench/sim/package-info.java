/// The simulator: the real scheduler, cache and policies on a discrete-event clock, with a device that takes
/// as long as a cost model says and whose answers are as long as the trace says. Owned by one thread; the same
/// seed gives the same run to the last bit.
@NullMarked
package dev.pigou.bench.sim;

import org.jspecify.annotations.NullMarked;
