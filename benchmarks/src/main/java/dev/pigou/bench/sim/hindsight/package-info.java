/// What welfare nobody could have exceeded who knew everything beforehand: bounds by linear programming
/// duality, and the prices that go with them.
@NullMarked
package dev.pigou.bench.sim.hindsight;

import org.jspecify.annotations.NullMarked;
