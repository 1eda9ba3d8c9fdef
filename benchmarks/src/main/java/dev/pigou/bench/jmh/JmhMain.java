package dev.pigou.bench.jmh;

import java.io.IOException;
import java.util.stream.Stream;
import org.openjdk.jmh.Main;

/** Runs the microbenchmarks with JMH's own options, and always counts allocated bytes. */
public final class JmhMain {
    private JmhMain() {}

    public static void main(String[] arguments) throws IOException {
        Main.main(Stream.concat(Stream.of("-prof", "gc"), Stream.of(arguments)).toArray(String[]::new));
    }
}
