package dev.pigou.bench.sim.demand;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One trace and what becomes of it, as the command line says it: {@code FILE[,name=N][,load=X][,patience=S][,longest=T]}.
 *
 * @param name tenant of the rows that name none; the file's name without its ending if empty
 * @param load divides this trace's arrival times, beside the load of them all
 * @param patienceSeconds of all its senders; by the rule if empty
 * @param longest rows with a longer prompt are left out
 */
public record TraceSpec(Path file, Optional<String> name, double load, OptionalDouble patienceSeconds,
        int longest) {
    public TraceSpec {
        patienceSeconds.ifPresent(PatienceRule::requirePositive);
        if (!(load > 0 && load <= 1e6) || longest < 1) {
            throw new IllegalArgumentException(file
                    + ": load must be above 0 and longest at least 1, but are " + load + " and " + longest);
        }
    }

    public static TraceSpec parse(String text) {
        String[] parts = text.split(",", -1);
        Optional<String> name = Optional.empty();
        double load = 1;
        OptionalDouble patience = OptionalDouble.empty();
        int longest = Integer.MAX_VALUE;
        for (int i = 1; i < parts.length; i++) {
            Setting setting = Setting.parse(parts[i], text);
            switch (setting.key) {
                case "name" -> name = Optional.of(setting.value);
                case "load" -> load = setting.number();
                case "patience" -> patience = OptionalDouble.of(setting.number());
                case "longest" -> longest = (int) setting.number();
                default -> throw new IllegalArgumentException("'" + parts[i] + "' in '" + text
                        + "' is unknown; known are name, load, patience, longest");
            }
        }
        return new TraceSpec(Path.of(parts[0]), name, load, patience, longest);
    }

    String tenantName() {
        return name.orElseGet(() -> String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", ""));
    }

    /** {@code key=value}. */
    record Setting(String key, String value) {
        static Setting parse(String part, String whole) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "'" + part + "' in '" + whole + "' must look like key=value");
            }
            return new Setting(part.substring(0, equals), part.substring(equals + 1));
        }

        double number() {
            try {
                return Double.parseDouble(value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(key + " must be a number, but is '" + value + "'", e);
            }
        }
    }
}
