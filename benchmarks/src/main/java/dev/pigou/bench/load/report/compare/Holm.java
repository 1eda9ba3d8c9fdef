package dev.pigou.bench.load.report.compare;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which of several findings are beyond chance. With ten of them at 5 % each, every third comparison of a server with itself
 * would find something; Holm's procedure holds the chance of any false finding at all to 5 %.
 */
final class Holm {
    private Holm() {}

    /** True for each p-value that stands. NaN takes no part. */
    static boolean[] rejected(double[] pValues, double level) {
        List<Integer> fromSmallest = IntStream.range(0, pValues.length).filter(i -> !Double.isNaN(pValues[i]))
                .boxed().sorted(Comparator.comparingDouble(i -> pValues[i])).toList();
        boolean[] rejected = new boolean[pValues.length];
        for (int i = 0; i < fromSmallest.size(); i++) {
            int hypothesis = fromSmallest.get(i);
            if (pValues[hypothesis] > level / (fromSmallest.size() - i)) {
                break;
            }
            rejected[hypothesis] = true;
        }
        return rejected;
    }
}
