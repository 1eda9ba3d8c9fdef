package dev.pigou.bench.jmh.check;

import dev.pigou.bench.jmh.regression.Expected;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A baseline as JSON with a line for each benchmark, so that a diff shows what changed. */
record BaselineFile(Path path) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES).build();
    private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

    boolean exists() { return Files.exists(path); }

    /** @throws IllegalArgumentException if it is not there or not a baseline */
    Baseline read() {
        if (!exists()) {
            throw new IllegalArgumentException(
                    "there is no baseline " + path + ": make one with ./pigou jmh check --update");
        }
        try {
            return JSON.readValue(Files.readString(path), Baseline.class);
        } catch (IOException | JacksonException e) {
            throw new IllegalArgumentException("the baseline " + path + " cannot be read ("
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                    + "): make one with ./pigou jmh check --update", e);
        }
    }

    void write(Baseline baseline) {
        String lines = baseline.benchmarks().stream().map(BaselineFile::rounded).map(JSON::writeValueAsString)
                .collect(Collectors.joining(",\n    ", "\n    ", "\n"));
        try {
            Files.writeString(path,
                    "{\n  \"machine\": " + JSON.writeValueAsString(baseline.machine()) + ",\n  \"date\": "
                            + JSON.writeValueAsString(baseline.date()) + ",\n  \"benchmarks\": [" + lines
                            + "  ]\n}\n");
        } catch (IOException e) {
            throw new IllegalArgumentException("the baseline cannot be written to " + path + ": " + e, e);
        }
    }

    /** Digits beyond the noise would only make diffs longer. */
    private static Expected rounded(Expected expected) {
        List<List<Double>> sittings = expected.sittings().stream()
                .map(sitting -> sitting.stream().map(BaselineFile::fourDigits).toList()).toList();
        return new Expected(expected.benchmark(), fourDigits(expected.ratio()), sittings,
                Math.round(10 * expected.bytes()) / 10.0);
    }

    private static double fourDigits(double value) {
        return new BigDecimal(value).round(FOUR_DIGITS).doubleValue();
    }
}
