package dev.pigou.bench.cli;

import dev.pigou.bench.load.workload.Arrivals;
import dev.pigou.bench.load.workload.SessionPlan;
import dev.pigou.bench.trace.Trace;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Flags that say when requests are sent; names as vLLM's where it has one. */
final class ArrivalFlags {
    @Option(names = "--request-rate", paramLabel = "PER_SECOND", converter = Flag.OrInfinite.class, description = ""
            + "Arrivals a second (of conversations, with --turns), whether or not earlier ones were answered. Default: "
            + "inf, all at once; for a trace, its own times.")
    private @Nullable Double requestRate;

    @Option(names = "--burstiness", paramLabel = "B", converter = Flag.OrInfinite.class, description = ""
            + "Shape of the Gamma-distributed intervals at this --request-rate: 1 is a Poisson process, less is burstier, "
            + "inf is constant. Default: 1.")
    private @Nullable Double burstiness;

    @Option(names = "--cv", paramLabel = "CV", description = "Another way to say --burstiness: the intervals' "
            + "coefficient of variation, 1 / sqrt(B). 1 is a Poisson process, more is burstier, 0 is constant.")
    private @Nullable Double cv;

    @Option(names = "--rate-steps", paramLabel = "RATE@SECONDS", split = ",", converter = StepConverter.class, description = ""
            + "Poisson processes one after another, such as 2@30,8@30,2@30. The run ends with the last, or with "
            + "--num-prompts if that is given.")
    private List<Arrivals.Step> rateSteps = List.of();

    @Option(names = "--concurrency", paramLabel = "N", description = "A closed loop: so many at a time, "
            + "each next one sent when one has been answered. Hides what a slow server does to users who do not "
            + "wait for each other. Default: an open loop.")
    private @Nullable Integer concurrency;

    @Option(names = "--time-scale", paramLabel = "FACTOR", description = "A trace's times are divided by "
            + "it: 2 is twice the load. Default: 1.")
    private @Nullable Double timeScale;

    @Option(names = "--trace-jitter", paramLabel = "SECONDS", description = "Each of a trace's arrivals is "
            + "moved to a random moment within so many seconds after it, for a clock that ticks no finer; before "
            + "--time-scale. Default: the trace's own tick, where most of its requests share their time with another (3 s "
            + "for Mooncake's); 0 leaves the times as they are.")
    private @Nullable Double traceJitter;

    /** The limit of a closed loop; empty for an open one. */
    OptionalInt concurrency() {
        if (concurrency == null) {
            return OptionalInt.empty();
        }
        Flag.require(concurrency >= 1, "--concurrency", concurrency, "at least 1");
        String why = "a closed loop sends when an answer has come, not at a rate";
        Flag.exclude(isAtRate(), "--request-rate", "--concurrency", why);
        Flag.exclude(!rateSteps.isEmpty(), "--rate-steps", "--concurrency", why);
        Flag.exclude(timeScale != null, "--time-scale", "--concurrency", why);
        return OptionalInt.of(concurrency);
    }

    /** A trace's times are used unless a rate is asked for. */
    Arrivals arrivals(Optional<Trace> trace) {
        requireIntervals();
        boolean closedLoop = concurrency().isPresent();
        if (!rateSteps.isEmpty()) {
            return stepped();
        }
        if (trace.isPresent() && requestRate == null && !closedLoop) {
            return new Arrivals.Recorded(trace.get(), timeScale());
        }
        Flag.exclude(timeScale != null, "--time-scale", "--request-rate",
                "only the trace's own times are scaled");
        return requestRate == null || requestRate == Double.POSITIVE_INFINITY
                ? new Arrivals.AtOnce()
                : atRate(requestRate, shape());
    }

    /** What is to be said of flags that were given and do nothing, as vLLM takes them. */
    Optional<String> note() {
        return burstiness == null || isAtRate()
                ? Optional.empty()
                : Optional
                        .of("--burstiness has no effect: it shapes the intervals of a finite --request-rate");
    }

    private boolean isAtRate() { return requestRate != null && requestRate < Double.POSITIVE_INFINITY; }

    boolean isStepped() { return !rateSteps.isEmpty(); }

    /** Within how many seconds a trace's arrivals are spread. */
    double jitterSeconds(Trace trace) {
        double jitter = traceJitter == null ? trace.tickSeconds() : traceJitter;
        Flag.require(jitter >= 0 && Double.isFinite(jitter), "--trace-jitter", jitter, "at least 0");
        return jitter;
    }

    private void requireIntervals() {
        if (requestRate != null) {
            Flag.require(requestRate > 0, "--request-rate", requestRate,
                    "above 0 (inf sends everything at once)");
        }
        Flag.exclude(burstiness != null && cv != null, "--cv", "--burstiness", "give one of them");
        Flag.require(burstiness == null || burstiness > 0, "--burstiness", String.valueOf(burstiness),
                "above 0");
        Flag.need(cv == null || isAtRate(), "--cv", "a finite --request-rate");
    }

    private Arrivals stepped() {
        Flag.exclude(requestRate != null, "--request-rate", "--rate-steps", "give one of them");
        Flag.exclude(timeScale != null, "--time-scale", "--rate-steps",
                "only the trace's own times are scaled");
        Flag.require(rateSteps.stream().anyMatch(step -> step.perSecond() > 0), "--rate-steps",
                rateSteps.size() + " pauses", "a rate above 0 in at least one step");
        double expected = rateSteps.stream().mapToDouble(step -> step.perSecond() * step.seconds()).sum();
        Flag.require(expected <= SessionPlan.MOST_SESSIONS, "--rate-steps", (long) expected + " requests",
                "at most " + SessionPlan.MOST_SESSIONS + " requests in all");
        return new Arrivals.Stepped(rateSteps);
    }

    private double timeScale() {
        double scale = timeScale == null ? 1 : timeScale;
        Flag.require(scale > 0 && Double.isFinite(scale), "--time-scale", scale, "above 0");
        return scale;
    }

    private double shape() {
        if (cv != null) {
            Flag.require(cv >= 0 && Double.isFinite(cv), "--cv", cv, "at least 0");
            return 1 / (cv * cv);
        }
        return burstiness == null ? 1 : burstiness;
    }

    private static Arrivals atRate(double perSecond, double shape) {
        return shape == Double.POSITIVE_INFINITY
                ? new Arrivals.Constant(perSecond)
                : new Arrivals.Gamma(perSecond, shape);
    }

    /** One step, {@code 8@30}: eight a second for half a minute. */
    static final class StepConverter implements ITypeConverter<Arrivals.Step> {
        private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)@(\\d+(?:\\.\\d+)?)");

        @Override
        public Arrivals.Step convert(String value) {
            Matcher form = FORM.matcher(value.strip());
            if (!form.matches() || Double.parseDouble(form.group(2)) == 0) {
                throw new TypeConversionException("'" + value
                        + "' is no step; write RATE@SECONDS, such as 8@30 for eight a second in 30 s");
            }
            return new Arrivals.Step(Double.parseDouble(form.group(1)), Double.parseDouble(form.group(2)));
        }
    }
}
