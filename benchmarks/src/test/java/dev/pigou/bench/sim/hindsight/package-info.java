@NullMarked
package dev.pigou.bench.sim.hindsight;

import org.jspecify.annotations.NullMarked;
