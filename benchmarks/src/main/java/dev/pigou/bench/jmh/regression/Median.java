package dev.pigou.bench.jmh.regression;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The middle of some numbers; of an even number of them, the mean of the two in the middle. */
public final class Median {
    private Median() {}

    public static double of(double... values) {
        double[] sorted = values.clone();
        return sorting(sorted);
    }

    public static <T> double of(List<T> things, ToDoubleFunction<T> value) {
        return sorting(things.stream().mapToDouble(value).toArray());
    }

    /** Leaves the array sorted. */
    static double sorting(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no numbers have no median");
        }
        Arrays.sort(values);
        int half = values.length / 2;
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
