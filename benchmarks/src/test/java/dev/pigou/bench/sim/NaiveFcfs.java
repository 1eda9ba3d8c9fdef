package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.scheduler.estimate.StepCost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * First come, first served, written down once more from its description, with lists and no scheduler: for senders that never
 * leave, prompts that share nothing, and answers that never need more memory than they were admitted with.
 */
final class NaiveFcfs {
    private final MachineSettings machine;
    private final List<Request> toCome;
    private final List<Job> waiting = new ArrayList<>();
    private final List<Job> running = new ArrayList<>();
    private final Map<Integer, Long> firstTokenNanos = new HashMap<>();
    private long now;

    private static final class Job {
        private final Request request;
        private final int blocks;
        private int computed;
        private int produced;

        Job(Request request, int blocks) {
            this.request = request;
            this.blocks = blocks;
        }

        int length() { return request.promptTokens() + produced; }
    }

    private NaiveFcfs(Demand demand, MachineSettings machine) {
        this.machine = machine;
        toCome = new ArrayList<>(demand.requests());
    }

    /** When each request's first token came. */
    static Map<Integer, Long> firstTokens(Demand demand, MachineSettings machine) {
        NaiveFcfs naive = new NaiveFcfs(demand, machine);
        while (!naive.toCome.isEmpty() || !naive.waiting.isEmpty() || !naive.running.isEmpty()) {
            naive.turn();
        }
        return naive.firstTokenNanos;
    }

    private void turn() {
        if (waiting.isEmpty() && running.isEmpty()) {
            now = Math.max(now, toCome.getFirst().arrivalNanos());
        }
        while (!toCome.isEmpty() && toCome.getFirst().arrivalNanos() <= now) {
            Request next = toCome.removeFirst();
            int most = Math.max(next.promptTokens(), next.promptTokens() + next.maxTokens() - 1);
            int needed = Math.min(next.promptTokens() + 1, most);
            waiting.add(new Job(next, Math.ceilDiv(needed, machine.blockSize())));
        }
        Map<Job, Integer> chunks = new HashMap<>();
        int budget = machine.maxNumBatchedTokens();
        for (Job job : running) {
            budget -= plan(job, budget, chunks);
        }
        while (!waiting.isEmpty() && budget > 0 && running.size() < machine.maxNumSeqs()
                && used() + waiting.getFirst().blocks <= machine.kvBlocks()) {
            running.add(waiting.removeFirst());
            budget -= plan(running.getLast(), budget, chunks);
        }
        step(chunks);
    }

    private int used() { return running.stream().mapToInt(job -> job.blocks).sum(); }

    private static int plan(Job job, int budget, Map<Job, Integer> chunks) {
        int tokens = Math.min(budget, job.length() - job.computed);
        if (tokens > 0) {
            chunks.put(job, tokens);
        }
        return tokens;
    }

    private void step(Map<Job, Integer> chunks) {
        StepCost cost = machine.cost();
        double seconds = cost.baseSeconds();
        for (Map.Entry<Job, Integer> chunk : chunks.entrySet()) {
            Job job = chunk.getKey();
            int to = job.computed + chunk.getValue();
            boolean decodes = chunk.getValue() == 1 && to == job.length();
            seconds += decodes
                    ? cost.secondsPerDecodeSequence()
                            + cost.secondsPerKvBlockRead() * Math.ceilDiv(to, machine.blockSize())
                    : chunk.getValue() * (cost.secondsPerPrefillToken()
                            + cost.secondsPerPrefillTokenContext() * (job.computed + to) / 2.0);
        }
        now += Math.round(seconds * 1e9);
        for (Map.Entry<Job, Integer> chunk : chunks.entrySet()) {
            Job job = chunk.getKey();
            job.computed += chunk.getValue();
            if (job.computed == job.length()) {
                job.produced++;
                firstTokenNanos.putIfAbsent(job.request.id(), now);
                if (job.produced == job.request.outputTokens()) {
                    running.remove(job);
                }
            }
        }
    }
}
