@NullMarked
package dev.pigou.bench.sim;

import org.jspecify.annotations.NullMarked;
