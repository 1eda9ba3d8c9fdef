package dev.pigou.bench.load.report;

import dev.pigou.bench.load.result.RequestRecord;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Service level objectives: a request is good if it completes within all of them (vLLM's {@code --goodput}).
 *
 * @param objectivesMillis the most that each metric may be; empty if there are no objectives
 */
public record Goodput(Map<Metric, Double> objectivesMillis) {
    public static final Goodput NONE = new Goodput(Map.of());
    private static final String FORM = "--goodput takes NAME:MILLISECONDS, such as ttft:200, where NAME is ttft, "
            + "tpot or e2el";
    private static final double NANOS_PER_MILLI = 1e6;

    public Goodput {
        var ordered = new EnumMap<Metric, Double>(Metric.class);
        ordered.putAll(objectivesMillis);
        objectivesMillis = Collections.unmodifiableMap(ordered);
    }

    /**
     * Reads what the command line says.
     *
     * @param objectives such as {@code ttft:200}; several may stand in one string with spaces or commas between
     * @throws IllegalArgumentException naming what cannot be read
     */
    public static Goodput parse(List<String> objectives) {
        var millis = new EnumMap<Metric, Double>(Metric.class);
        for (String objective : objectives.stream().flatMap(text -> Arrays.stream(text.split("[\\s,]+")))
                .filter(text -> !text.isEmpty()).toList()) {
            int colon = objective.indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException(FORM + "; '" + objective + "' is not of this form");
            }
            Metric metric = metric(objective.substring(0, colon))
                    .orElseThrow(() -> new IllegalArgumentException(
                            FORM + "; '" + objective.substring(0, colon) + "' is none of them"));
            if (millis.put(metric, millis(objective, objective.substring(colon + 1))) != null) {
                throw new IllegalArgumentException("--goodput has two objectives for " + metric.key());
            }
        }
        return new Goodput(millis);
    }

    private static Optional<Metric> metric(String name) {
        return Arrays.stream(Metric.values())
                .filter(metric -> metric != Metric.ITL && metric.key().equals(name)).findFirst();
    }

    private static double millis(String objective, String number) {
        try {
            double millis = Double.parseDouble(number);
            if (millis >= 0 && Double.isFinite(millis)) {
                return millis;
            }
        } catch (NumberFormatException _) {
            // told below, with the numbers that are none of ours
        }
        throw new IllegalArgumentException(
                FORM + "; in '" + objective + "' the milliseconds are not a number from 0");
    }

    public boolean isEmpty() { return objectivesMillis.isEmpty(); }

    /** True if the request completed within every objective. An answer of at most one token has a TPOT of 0. */
    public boolean metBy(RequestRecord request) {
        return request.completed() && objectivesMillis.entrySet().stream()
                .allMatch(entry -> nanos(entry.getKey(), request) <= entry.getValue() * NANOS_PER_MILLI);
    }

    private static double nanos(Metric metric, RequestRecord request) {
        boolean hasText = request.firstTokenNanos() >= 0;
        return switch (metric) {
            case TTFT -> hasText ? request.ttftNanos() : Double.POSITIVE_INFINITY;
            case TPOT -> hasText ? request.tpotNanos() : 0;
            case E2E -> request.e2eNanos();
            case ITL -> throw new IllegalStateException("ITL has many values a request");
        };
    }

    /** As on the command line: {@code ttft:200 tpot:50}. */
    @Override
    public String toString() {
        return objectivesMillis.entrySet().stream()
                .map(entry -> entry.getKey().key() + ":" + plain(entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String plain(double millis) {
        return millis == Math.rint(millis) && millis < 1e15
                ? Long.toString((long) millis)
                : Double.toString(millis);
    }
}
