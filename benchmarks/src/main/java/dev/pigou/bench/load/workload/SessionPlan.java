package dev.pigou.bench.load.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * Draws sessions: who asks what, when, and how they take the answer.
 *
 * @param thinkSeconds mean time from an answer's end to the next turn, exponentially distributed
 * @param seed of every draw: the same plan gives the same sessions
 */
public record SessionPlan(Arrivals arrivals, Dataset dataset, TenantMix tenants, ClientMix clients,
        double thinkSeconds, long seed) {
    /** More than are ever wanted, and as many as fit into memory. */
    public static final int MOST_SESSIONS = 1_000_000;

    /** So many sessions, or fewer if arrivals or dataset end before. */
    public List<Session> sessions(int atMost) {
        int most = Math.min(atMost, dataset.sessions().orElse(atMost));
        double[] seconds = arrivals.seconds(most, RandomStream.ARRIVALS.random(seed, 0));
        List<Session> sessions = new ArrayList<>(seconds.length);
        for (int index = 0; index < seconds.length; index++) {
            Tenant tenant = tenants.deal(dataset.tenant(index), RandomStream.TENANTS.random(seed, index));
            sessions.add(new Session(index, seconds[index], tenant, turns(index)));
        }
        return sessions;
    }

    private List<Turn> turns(int index) {
        SplittableRandom client = RandomStream.CLIENTS.random(seed, index);
        SplittableRandom thinking = RandomStream.THINKING.random(seed, index);
        List<Turn> turns = new ArrayList<>();
        for (Dataset.Ask ask : dataset.session(index)) {
            ClientBehaviour behaviour = clients.draw(ask.outputTokens(), client);
            double think = turns.isEmpty() ? 0 : think(thinking);
            turns.add(new Turn(think, ask.prompt(), ask.outputTokens(), behaviour));
            if (behaviour instanceof ClientBehaviour.Disconnects) {
                break; // whoever leaves does not come back with another question
            }
        }
        return turns;
    }

    private double think(SplittableRandom random) {
        return thinkSeconds == 0
                ? 0
                : ZigguratSampler.Exponential.of(random::nextLong, thinkSeconds).sample();
    }
}
