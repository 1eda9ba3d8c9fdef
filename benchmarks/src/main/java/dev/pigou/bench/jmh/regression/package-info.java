/// Whether code became dearer: what forks of benchmarks measured, against what a baseline says. Statistics
/// only; it knows neither JMH nor files, so that tests can drive it with synthetic measurements.
@NullMarked
package dev.pigou.bench.jmh.regression;

import org.jspecify.annotations.NullMarked;
