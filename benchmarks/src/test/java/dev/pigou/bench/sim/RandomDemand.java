package dev.pigou.bench.sim;

import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Prompt;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Small random demand.
 *
 * @param perSecond arrivals, as a Poisson stream
 * @param longestPrompt tokens
 * @param longestAnswer tokens
 * @param patienceSeconds of all senders
 * @param prefixes that prompts begin with; 0: none is shared
 */
public record RandomDemand(int requests, double perSecond, int longestPrompt, int longestAnswer,
        double patienceSeconds, int prefixes) {
    private static final int PREFIX_TOKENS = 32;

    public Demand generate(long seed) {
        var random = new SplittableRandom(seed);
        List<Tenant> tenants = List.of(new Tenant(0, "a", 1), new Tenant(1, "b", 1));
        List<Request> requests = new ArrayList<>();
        double arrival = 0;
        for (int id = 0; id < this.requests; id++) {
            arrival += -Math.log(1 - random.nextDouble()) / perSecond;
            double value = 1 + random.nextInt(5);
            Bid bid = new Bid(tenants.get(random.nextInt(2)), value, value / patienceSeconds,
                    Double.POSITIVE_INFINITY, Bid.NO_DEADLINE, 0);
            int answer = 1 + random.nextInt(longestAnswer);
            int[] hashes = prefixes == 0 ? new int[0] : new int[]{random.nextInt(prefixes)};
            Prompt prompt = new Prompt(1 + random.nextInt(longestPrompt), hashes, PREFIX_TOKENS, 0, id);
            requests.add(new Request(id, bid, (long) (arrival * 1e9), prompt, answer,
                    answer + random.nextInt(20)));
        }
        return new Demand("random", tenants, requests);
    }
}
