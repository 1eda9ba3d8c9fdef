@NullMarked
package dev.pigou.bench.sim.demand;

import org.jspecify.annotations.NullMarked;
