package dev.pigou.bench.sim.hindsight;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Request;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Bounds the welfare of any schedule of a demand on a machine.
 *
 * <p>How a continuous schedule becomes one of slots without losing anything: an answer that begins in a slot is worth what it
 * would be at the slot's begin, or when it could come at the earliest; a prompt takes its step time anywhere between arrival
 * and first token, its answer anywhere after that; decoding is as fast as on an empty machine; memory is counted where it must
 * be held all through a slot. Each slot has no more step time than its length. So a run without disturbances never exceeds the
 * bound, if it is over by the horizon and, for {@link FormName#CONTIGUOUS}, never preempts.
 */
public final class Hindsight {
    private static final double[] MEMORY_SHARES = {0, 0.25, 0.5, 0.75, 1};
    private static final double LEAST_PRICE = 1e-4;
    private static final double MOST_PRICE = 1e3;
    private static final double PRICE_RATIO = 1.25;
    private static final double WORTHWHILE = 1e-4;

    private final Demand demand;
    private final MachineSettings machine;
    private final Question question;
    private final Progress progress;
    private final Slots slots;

    /**
     * What is asked.
     *
     * @param horizonSeconds schedules must be done by then; 0: a minute after the last sender's patience ends
     * @param tokenSeconds pace of {@link FormName#PACED}
     * @param steps most steps of the search for prices
     * @param exact whether to solve the linear program, too
     */
    public record Question(List<FormName> forms, double slotSeconds, double horizonSeconds,
            double tokenSeconds, int steps, boolean exact) {
        public Question {
            forms = List.copyOf(forms);
            if (!(slotSeconds > 0) || !(horizonSeconds >= 0) || !(tokenSeconds > 0) || steps < 0) {
                throw new IllegalArgumentException(
                        "slots and pace must be longer than 0 s, horizon and steps at" + " least 0, but are "
                                + slotSeconds + ", " + tokenSeconds + ", " + horizonSeconds + " and "
                                + steps);
            }
        }
    }

    /** Hears how it goes, at each step of the search. */
    public interface Progress {
        void at(FormName form, int step, double bestBound);
    }

    private Hindsight(Demand demand, MachineSettings machine, Question question, Progress progress) {
        this.demand = demand;
        this.machine = machine;
        this.question = question;
        this.progress = progress;
        double last = demand.requests().stream().mapToDouble(Hindsight::patienceEnds).max().orElseThrow();
        double horizon = question.horizonSeconds == 0 ? last + 60 : question.horizonSeconds;
        double count = Math.ceil(horizon / question.slotSeconds);
        if (horizon < demand.lastArrivalNanos() / 1e9 || count > 1e6) {
            throw new IllegalArgumentException(
                    "the horizon of " + horizon + " s must be after the last arrival at "
                            + demand.lastArrivalNanos() / 1e9 + " s, and at most 1,000,000 slots");
        }
        slots = new Slots(question.slotSeconds, (int) count);
    }

    /** A request without end to its patience could start as late as it arrives plus an hour, for this purpose. */
    private static double patienceEnds(Request request) {
        return Math.min(request.patienceEndsNanos(), request.arrivalNanos() + 3_600_000_000_000L) / 1e9;
    }

    /** Finds the bounds. */
    public static HindsightReport answer(Demand demand, double load, long seed, MachineSettings machine,
            Question question, Progress progress) {
        Hindsight hindsight = new Hindsight(demand, machine, question, progress);
        Map<String, HindsightReport.Bound> bounds = new LinkedHashMap<>();
        for (FormName form : question.forms) {
            bounds.put(form.name().toLowerCase(Locale.ROOT), hindsight.bound(form));
        }
        double offered = demand.requests().stream().mapToDouble(request -> request.bid().value()).sum();
        return new HindsightReport(demand.name(), load, machine.kvBlocks(), seed, demand.requests().size(),
                offered, stepTimeLoad(demand, machine), question.slotSeconds,
                hindsight.slots.count() * question.slotSeconds, bounds);
    }

    private static double stepTimeLoad(Demand demand, MachineSettings machine) {
        double seconds = Jobs.of(demand, machine, 1).stream()
                .mapToDouble(job -> job.prefillSeconds() + job.decodeSeconds()).sum();
        return seconds / (demand.lastArrivalNanos() / 1e9);
    }

    private HindsightReport.Bound bound(FormName name) {
        Start best = null;
        for (double share : MEMORY_SHARES) {
            Instance instance = new Instance(Jobs.of(demand, machine, share), slots, machine.kvBlocks());
            Start start = constantPrice(instance, name.over(slots, question.tokenSeconds), share);
            best = best == null || start.bound < best.bound ? start : best;
        }
        return improve(name, Objects.requireNonNull(best));
    }

    /** A bound to begin with, and where it was found. */
    private record Start(Instance instance, double memoryShare, double bound, SlotAmounts prices) {}

    /** The best bound with one price for step time and none for memory. */
    private Start constantPrice(Instance instance, Form form, double share) {
        DualBound dual = new DualBound(instance, form);
        SlotAmounts prices = SlotAmounts.zeros(slots.count());
        double bestPrice = 0;
        double bestBound = dual.at(prices);
        for (double price = LEAST_PRICE; price < MOST_PRICE; price *= PRICE_RATIO) {
            Arrays.fill(prices.time(), price);
            double bound = dual.at(prices);
            if (bound < bestBound) {
                bestBound = bound;
                bestPrice = price;
            }
        }
        Arrays.fill(prices.time(), bestPrice);
        return new Start(instance, share, bestBound, prices);
    }

    private HindsightReport.Bound improve(FormName name, Start start) {
        Form form = name.over(slots, question.tokenSeconds);
        PriceDescent descent = new PriceDescent(start.instance, new DualBound(start.instance, form),
                start.prices);
        int left = question.steps;
        double before = Double.POSITIVE_INFINITY;
        while (left > 0 && descent.bestBound() < before * (1 - WORTHWHILE)) {
            before = descent.bestBound();
            left -= Math.max(1, descent.run(left, (step, bound) -> progress.at(name, step, bound)));
        }
        double bound = descent.bestBound();
        SlotAmounts prices = descent.bestPrices();
        Double optimum = null;
        if (question.exact) {
            PriceLp.Solution solution = new PriceLp(start.instance, form, prices).solve();
            optimum = solution.optimum();
            bound = solution.bound();
            prices = solution.prices();
        }
        return new HindsightReport.Bound(bound, optimum, start.memoryShare, list(prices.memory()),
                list(prices.time()));
    }

    private static List<Double> list(double[] values) { return Arrays.stream(values).boxed().toList(); }
}
