package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.Arrivals;
import dev.pigou.bench.load.workload.Tenant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.OptionSpec;

/** Values of flags as reports show them: numbers and text, nothing secret. */
final class WorkloadSettings {
    private WorkloadSettings() {}

    /** By the flags' names without dashes: all that have a value, given or by default. */
    static Map<String, Object> of(List<OptionSpec> options) {
        Map<String, Object> settings = new TreeMap<>();
        for (OptionSpec option : options) {
            Object value = option.getValue();
            if (value != null && !value.equals(List.of())) {
                settings.put(option.names()[0].substring("--".length()), shown(value));
            }
        }
        return settings;
    }

    private static Object shown(Object value) {
        return switch (value) {
            case Double number when number.isInfinite() -> "inf"; // which JSON has no number for
            case Number number -> number;
            case Tenant tenant -> TenantConverter.describe(tenant);
            case Arrivals.Step step -> step.perSecond() + "@" + step.seconds();
            case List<?> list -> list.stream().map(WorkloadSettings::shown).toList();
            default -> value.toString();
        };
    }
}
