package dev.pigou.bench.jmh;

import dev.pigou.bench.jmh.check.CheckMain;
import dev.pigou.bench.jmh.cost.CostProfiler;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.openjdk.jmh.Main;

/**
 * {@code ./pigou jmh}: runs the microbenchmarks with JMH's own options, and always counts allocated bytes. {@code
 * ./pigou jmh check} compares them with the baseline.
 */
public final class JmhMain {
    private JmhMain() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0 && arguments[0].equals("check")) {
            System.exit(CheckMain.run(Arrays.copyOfRange(arguments, 1, arguments.length)));
        }
        Main.main(Stream.concat(Stream.of("-prof", CostProfiler.class.getName()), Stream.of(arguments))
                .toArray(String[]::new));
    }
}
