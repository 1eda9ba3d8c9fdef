package dev.pigou.bench.sim.hindsight;

import dev.pigou.bench.sim.Jitter;
import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.Outcomes;
import dev.pigou.bench.sim.RandomDemand;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.scheduler.estimate.StepCost;
import dev.pigou.scheduler.policy.FcfsPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

final class HindsightTest {
    private static final StepCost SLOW = new StepCost(0.030, 0.5e-3, 1e-7, 2e-3, 2e-4);
    private static final MachineSettings SMALL = new MachineSettings(60, 16, 8, 256, SLOW,
            Jitter.Settings.NONE, 20);

    private static final MachineSettings SCARCE = new MachineSettings(45, 16, 8, 256,
            new StepCost(0.08, 1e-3, 1e-7, 4e-3, 2e-4), Jitter.Settings.NONE, 20);

    /** A few requests that want more memory and more time than there is. */
    private static Instance instance(long seed, double memoryShare) {
        Demand demand = new RandomDemand(20, 4, 500, 60, 3, seed % 2 == 0 ? 2 : 0).generate(seed);
        return new Instance(Jobs.of(demand, SCARCE, memoryShare), new Slots(1, 12), SCARCE.kvBlocks());
    }

    @ParameterizedTest
    @EnumSource
    void theProgramHasTheOptimumOfAllItsSchedulesWrittenOut(FormName name) {
        for (long seed = 1; seed <= 6; seed++) {
            Instance instance = instance(seed, seed % 3 / 2.0);
            Form form = name.over(instance.slots(), 0.05);
            SlotAmounts free = SlotAmounts.zeros(instance.slots().count());
            PriceLp.Solution solution = new PriceLp(instance, form, free).solve();
            double whole = writtenOut(instance, form).solve().value();

            assertThat(solution.optimum()).as("seed %d", seed).isCloseTo(whole, within(1e-5 * whole));
            assertThat(solution.bound()).as("seed %d", seed).isCloseTo(whole, within(1e-5 * whole));
            assertThat(solution.bound()).as("seed %d: not all can be served", seed)
                    .isLessThan(0.999 * new DualBound(instance, form).at(free));
        }
    }

    private static RestrictedProgram writtenOut(Instance instance, Form form) {
        RestrictedProgram program = new RestrictedProgram(instance);
        for (int job = 0; job < instance.jobs().size(); job++) {
            for (Placement placement : form.all(instance.jobs().get(job))) {
                SlotAmounts usage = SlotAmounts.zeros(instance.slots().count());
                form.use(instance.jobs().get(job), placement, usage);
                program.add(job, placement.value, usage);
            }
        }
        return program;
    }

    @ParameterizedTest
    @EnumSource
    void theBoundIsAboveTheProgramAndThatIsAboveAnyScheduleThatFits(FormName name) {
        for (long seed = 1; seed <= 6; seed++) {
            Instance instance = instance(seed, 0.5);
            Form form = name.over(instance.slots(), 0.05);
            SlotAmounts free = SlotAmounts.zeros(instance.slots().count());
            double optimum = new PriceLp(instance, form, free).solve().optimum();
            PriceDescent descent = new PriceDescent(instance, new DualBound(instance, form), free);
            descent.run(500, (_, _) -> {});

            assertThat(descent.bestBound()).as("seed %d", seed).isBetween(optimum * (1 - 1e-6),
                    optimum * 1.03);
            assertThat(new DualBound(instance, form).at(descent.bestPrices())).isEqualTo(descent.bestBound());
            assertThat(greedy(instance, form)).as("seed %d", seed).isLessThanOrEqualTo(optimum + 1e-6);
        }
    }

    /** Serves one job after the other, the most valuable first, in the first way that fits. */
    private static double greedy(Instance instance, Form form) {
        SlotAmounts used = SlotAmounts.zeros(instance.slots().count());
        List<Job> jobs = new ArrayList<>(instance.jobs());
        jobs.sort(Comparator.comparingDouble(Job::value).reversed());
        double welfare = 0;
        for (Job job : jobs) {
            for (Placement placement : form.all(job)) {
                SlotAmounts tried = used.copy();
                form.use(job, placement, tried);
                if (Arrays.stream(tried.time()).max().orElseThrow() <= instance.timeCapacity()
                        && Arrays.stream(tried.memory()).max().orElseThrow() <= instance.memoryCapacity()) {
                    used = tried;
                    welfare += placement.value;
                    break;
                }
            }
        }
        return welfare;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void onlyWhatIsUsedUpHasAPrice(long seed) {
        Instance instance = instance(seed, 1);
        Form form = FormName.PACED.over(instance.slots(), 0.05);
        RestrictedProgram program = writtenOut(instance, form);
        SlotAmounts prices = program.solve().prices();
        assertThat(new DualBound(instance, form).at(prices)).as("seed %d", seed)
                .isCloseTo(program.solve().value(), within(1e-6));
        assertThat(Arrays.stream(prices.memory()).filter(price -> price == 0).count()).as("seed %d", seed)
                .isPositive();
    }

    /** The claim that matters: nothing that the real scheduler does is worth more than the bound says. */
    @ParameterizedTest
    @CsvSource({"1,3", "2,3", "3,6", "4,6", "5,12", "6,12", "7,25", "8,25"})
    void noRunExceedsTheBoundHoweverItsSlotsAreCut(long seed, double perSecond) {
        Demand demand = new RandomDemand(150, perSecond, 300, 40, 6, seed % 2 == 0 ? 4 : 0).generate(seed);
        MachineSettings roomy = SMALL.withKvBlocks(seed % 4 < 2 ? 100 : 400);
        for (boolean best : new boolean[]{false, true}) {
            Outcomes run = Outcomes.of(demand, roomy, best ? new DensestFirst() : new FcfsPolicy());
            for (double slot : new double[]{0.2, 1, 3}) {
                List<FormName> forms = run.preemptions == 0
                        ? List.of(FormName.PREEMPTIVE, FormName.CONTIGUOUS)
                        : List.of(FormName.PREEMPTIVE);
                HindsightReport report = Hindsight.answer(demand, 1, seed, roomy,
                        new Hindsight.Question(forms, slot,
                                Math.max(run.endedSeconds, demand.lastArrivalNanos() / 1e9), 0.05, 150,
                                false),
                        (_, _, _) -> {});
                report.bounds()
                        .forEach((form, bound) -> assertThat(run.welfare())
                                .as("seed %d, %s, slots of %s s", seed, form, slot)
                                .isLessThanOrEqualTo(bound.bound() + 1e-9));
            }
        }
    }
}
