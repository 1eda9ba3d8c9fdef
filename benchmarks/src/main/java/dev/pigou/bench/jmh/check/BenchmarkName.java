package dev.pigou.bench.jmh.check;

import java.util.StringJoiner;
import org.openjdk.jmh.infra.BenchmarkParams;

/** {@code SchedulerStep.planAndApply(running=16,waiting=0)}: class, method, parameters; no package. */
final class BenchmarkName {
    private BenchmarkName() {}

    static String of(BenchmarkParams benchmark) {
        String name = ofMethod(benchmark.getBenchmark());
        if (benchmark.getParamsKeys().isEmpty()) {
            return name;
        }
        StringJoiner parameters = new StringJoiner(",", name + "(", ")");
        for (String key : benchmark.getParamsKeys()) {
            parameters.add(key + "=" + benchmark.getParam(key));
        }
        return parameters.toString();
    }

    /** Without parameters. */
    static String ofMethod(String full) {
        int method = full.lastIndexOf('.');
        int type = full.lastIndexOf('.', method - 1);
        return full.substring(type + 1).replaceFirst("Benchmark\\.", ".");
    }
}
