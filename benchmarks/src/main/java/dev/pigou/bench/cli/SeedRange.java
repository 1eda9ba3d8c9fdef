package dev.pigou.bench.cli;

import java.util.stream.LongStream;

/** Seeds from {@code first} to {@code last}, both of them: {@code 1..5}, or a single one. */
record SeedRange(long first, long last) {
    static SeedRange parse(String text) {
        String[] ends = text.split("\\.\\.", -1);
        try {
            long first = Long.parseLong(ends[0]);
            long last = Long.parseLong(ends[ends.length - 1]);
            if (ends.length <= 2 && first <= last && last - first < 1000) {
                return new SeedRange(first, last);
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "--seed must be a number or a range of at most 1,000 such as 1..5, but is '" + text + "'");
    }

    LongStream seeds() { return LongStream.rangeClosed(first, last); }
}
