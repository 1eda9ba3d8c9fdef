@NullMarked
package dev.pigou.bench.sim.report;

import org.jspecify.annotations.NullMarked;
