package dev.pigou.bench.jmh.regression;

/** An estimate and the range it is in with {@link Slowdown#CONFIDENCE}. */
public record Interval(double low, double estimate, double high) {}
