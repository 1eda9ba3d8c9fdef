/// Microbenchmarks: what one call costs in time and in bytes allocated. Never a gate on time; the numbers
/// stand in the documentation with the machine they were taken on.
@NullMarked
package dev.pigou.bench.jmh;

import org.jspecify.annotations.NullMarked;
