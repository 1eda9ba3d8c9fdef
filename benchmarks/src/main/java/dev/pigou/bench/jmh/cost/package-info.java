/// What an operation of a microbenchmark costs, counted where it happens: bytes and time on the thread that
/// runs it, and the time of a calibration kernel beside each iteration. JMH's own scores stay as they are.
@NullMarked
package dev.pigou.bench.jmh.cost;

import org.jspecify.annotations.NullMarked;
