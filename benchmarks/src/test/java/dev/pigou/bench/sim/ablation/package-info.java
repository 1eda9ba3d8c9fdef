@NullMarked
package dev.pigou.bench.sim.ablation;

import org.jspecify.annotations.NullMarked;
