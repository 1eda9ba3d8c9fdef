package dev.pigou.bench.load;

import dev.pigou.bench.load.client.ServerQuestions;
import dev.pigou.bench.load.client.Target;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Several servers, one after the other, as often as wanted, and in an order that turns round each time (A B, B A, A B):
 * what drifts on the machine meanwhile then hits all of them alike. One server's failure is in its own result and ends
 * nothing else.
 */
public final class LoadComparison {
    private final List<Target> targets;
    private final int repeats;
    private final RunOptions options;
    private final RunObserver observer;
    private final StopSignal stop;

    /**
     * Nothing runs yet.
     *
     * @throws IllegalArgumentException if there is no server, no repeat, or two servers have one label
     */
    public LoadComparison(List<Target> targets, int repeats, RunOptions options, RunObserver observer,
            StopSignal stop) {
        this.targets = List.copyOf(targets);
        this.repeats = repeats;
        this.options = options;
        this.observer = observer;
        this.stop = stop;
        if (targets.isEmpty() || repeats < 1) {
            throw new IllegalArgumentException(
                    "--repeat must be at least 1, and at least one --base-url is wanted");
        }
        if (targets.stream().map(Target::label).distinct().count() < targets.size()) {
            throw new IllegalArgumentException(
                    "each server needs a --label of its own, to be told apart in the report");
        }
    }

    /** Waits for servers that are still starting, each no longer than {@code within}. */
    public void awaitReady(Duration within) throws InterruptedException {
        for (Target target : targets) {
            if (stop.reason().isEmpty()) {
                ServerQuestions.awaitReady(target, within);
            }
        }
    }

    /**
     * Runs all of it. If it is stopped, what has been measured until then comes back.
     *
     * @param workloads makes that of each repeat, from 0; all servers get the same
     * @throws IllegalArgumentException before anything is measured, if a server has to name its model and does not
     */
    public List<RunResult> run(IntFunction<Workload> workloads) throws InterruptedException {
        List<Target> known = new ArrayList<>();
        for (Target target : targets) {
            known.add(ServerQuestions.withModel(target));
        }
        List<RunResult> results = new ArrayList<>();
        for (int repeat = 0; repeat < repeats; repeat++) {
            Workload workload = workloads.apply(repeat);
            if (repeat == 0) {
                Rehearsal.of(workload, known.getFirst(), options, stop);
            }
            for (Target target : repeat % 2 == 0 ? known : known.reversed()) {
                if (stop.reason().isPresent() && !results.isEmpty()) {
                    return results;
                }
                observer.begins(target, results.size() + 1, repeats * known.size());
                RunResult result = new LoadRun(target, options, stop).run(workload,
                        progress -> observer.progress(target, progress));
                results.add(result);
                observer.ended(result);
            }
        }
        return results;
    }
}
