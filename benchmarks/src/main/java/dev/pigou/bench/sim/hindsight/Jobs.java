package dev.pigou.bench.sim.hindsight;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Prompt;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.bench.sim.demand.Seeds;
import dev.pigou.scheduler.estimate.StepCost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reduces requests to what they need at least.
 *
 * <p>Shared prefixes. A block that k requests have in common is held and computed once if all of them come at the same
 * time. Of its memory each is therefore charged one k-th: whoever runs together is never charged more than is really held.
 * Of its computation nobody is charged: another may have done it before.
 *
 * <p>The constant of a step. Decoding sequences share it, at most as many as there is memory for and at most
 * {@code max-num-seqs}. So each pays at least {@code memoryShare} of it times the part of the memory that it holds, and the
 * rest of it divided by {@code max-num-seqs}. This holds for any {@code memoryShare} in [0, 1].
 */
final class Jobs {
    private final MachineSettings machine;
    private final double memoryShare;
    private final Map<Long, Integer> holders = new HashMap<>();

    private Jobs(MachineSettings machine, double memoryShare) {
        this.machine = machine;
        this.memoryShare = memoryShare;
    }

    /** Those that the machine could serve at all. */
    static List<Job> of(Demand demand, MachineSettings machine, double memoryShare) {
        Jobs jobs = new Jobs(machine, memoryShare);
        demand.requests().forEach(request -> jobs.countBlocks(request.prompt()));
        List<Job> result = new ArrayList<>();
        for (Request request : demand.requests()) {
            if (request.bid().value() > 0
                    && machine.canServe(request.promptTokens(), request.outputTokens())) {
                result.add(jobs.job(request));
            }
        }
        return result;
    }

    private void countBlocks(Prompt prompt) {
        for (int i = 0; i < prompt.blockHashes().length; i++) {
            holders.merge(key(prompt, i), 1, Integer::sum);
        }
    }

    private static long key(Prompt prompt, int i) {
        return Seeds.mix(Seeds.mix(prompt.space(), i), prompt.blockHashes()[i]);
    }

    private Job job(Request request) {
        StepCost cost = machine.cost();
        int prompt = request.promptTokens();
        double prefill = machine.prefillSeconds(Math.min(endOfShared(request.prompt()), prompt - 1), prompt);
        double arrival = request.arrivalNanos() / 1e9;
        double blocks = blocks(request);
        int decodes = request.outputTokens() - 1;
        double grown = Math.max(0, decodes - 1) / 2.0 / machine.blockSize(); // on average over the answer
        double read = (prompt + 1.0) / machine.blockSize() + grown;
        double decode = cost.secondsPerDecodeSequence() + cost.secondsPerKvBlockRead() * read;
        double share = memoryShare * Math.min(1, (blocks + grown) / machine.kvBlocks())
                + (1 - memoryShare) / machine.maxNumSeqs();
        return new Job(arrival, request.bid().value(), request.bid().latencyPrice(),
                arrival + cost.baseSeconds() + prefill, request.patienceEndsNanos() / 1e9, prefill,
                decodes * (decode + cost.baseSeconds() * share), blocks, request.outputTokens(),
                cost.baseSeconds() + decode, machine.blockSize());
    }

    /** Prompt tokens before this one may have been computed for others. */
    private int endOfShared(Prompt prompt) {
        for (int i = prompt.blockHashes().length - 1; i >= 0; i--) {
            if (holders.getOrDefault(key(prompt, i), 1) > 1) {
                return (i + 1) * prompt.blockTokens();
            }
        }
        return 0;
    }

    /** The prompt's and, if there is a second token, the first one's; a block that is filled in part counts in part. */
    private double blocks(Request request) {
        Prompt prompt = request.prompt();
        int positions = prompt.length() + Math.min(1, request.outputTokens() - 1);
        double tokens = positions;
        for (int i = 0; i < prompt.blockHashes().length; i++) {
            int inBlock = Math.min(prompt.blockTokens(), prompt.length() - i * prompt.blockTokens());
            tokens -= inBlock * (1 - 1.0 / holders.getOrDefault(key(prompt, i), 1));
        }
        return tokens / machine.blockSize();
    }
}
