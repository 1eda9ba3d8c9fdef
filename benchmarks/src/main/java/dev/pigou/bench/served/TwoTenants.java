package dev.pigou.bench.served;

import dev.pigou.bench.load.workload.Arrivals;
import dev.pigou.bench.load.workload.Bid;
import dev.pigou.bench.load.workload.ClientMix;
import dev.pigou.bench.load.workload.PromptStyle;
import dev.pigou.bench.load.workload.RandomDataset;
import dev.pigou.bench.load.workload.Session;
import dev.pigou.bench.load.workload.SessionPlan;
import dev.pigou.bench.load.workload.Tenant;
import dev.pigou.bench.load.workload.TenantMix;
import dev.pigou.bench.load.workload.Workload;
import dev.pigou.bench.sim.demand.ValueRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * Somebody who chats, and somebody beside him with long contexts. All prompts of a seed differ, so that no cache helps
 * anybody.
 *
 * @param keys API keys by tenant
 * @param vocabSize of the model
 */
public record TwoTenants(Sender chat, Sender lengthy, Map<String, String> keys, int vocabSize) {
    /** Between the seeds of two senders in one workload. */
    private static final long SEED_STRIDE = 1L << 20;

    public TwoTenants {
        keys = Map.copyOf(keys);
    }

    List<Sender> senders() { return List.of(chat, lengthy); }

    /**
     * Requests of one sender.
     *
     * @param arrivals when they come
     * @param requests how many
     */
    record Asked(Sender sender, Arrivals arrivals, int requests) {
        static Asked poisson(Sender sender, double perSecond, double seconds) {
            return new Asked(sender, new Arrivals.Gamma(perSecond, 1),
                    (int) Math.max(1, Math.round(perSecond * seconds)));
        }
    }

    /**
     * An open loop. An answer's worth, drawn for each request alone, falls in a straight line to nothing by the end of its
     * sender's patience, and its client leaves then.
     *
     * @param seed the same seed, the same requests
     */
    Workload open(List<Asked> all, ValueRule worth, long seed) {
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            sessions.addAll(sessions(all.get(i), worth, seed + i * SEED_STRIDE));
        }
        sessions.sort(Comparator.comparingDouble(Session::arrivalSeconds));
        List<Session> numbered = new ArrayList<>(sessions.size());
        for (Session session : sessions) {
            numbered.add(new Session(numbered.size(), session.arrivalSeconds(), session.tenant(),
                    session.turns()));
        }
        return new Workload(numbered, OptionalInt.empty(), Map.of("seed", seed));
    }

    /** One of them alone, so many requests at a time, patient and without bids. */
    Workload closed(Sender sender, int requests, int concurrency, long seed) {
        List<Session> sessions = plan(sender, new Arrivals.AtOnce(), ClientMix.PATIENT, seed)
                .sessions(requests);
        return new Workload(sessions, OptionalInt.of(concurrency), Map.of("seed", seed));
    }

    private List<Session> sessions(Asked asked, ValueRule worth, long seed) {
        Sender sender = asked.sender();
        var random = new SplittableRandom(seed);
        ClientMix clients = ClientMix.losingPatience(Math.round(1000 * sender.patienceSeconds()));
        List<Session> sessions = new ArrayList<>();
        for (Session session : plan(sender, asked.arrivals(), clients, seed).sessions(asked.requests())) {
            double value = worth.value(sender.prompt().meanTokens(), sender.answer().meanTokens(), random);
            sessions.add(new Session(session.index(), session.arrivalSeconds(), bidding(sender, value),
                    session.turns()));
        }
        return sessions;
    }

    private SessionPlan plan(Sender sender, Arrivals arrivals, ClientMix clients, long seed) {
        var prompts = new RandomDataset(new PromptStyle.Tokens(vocabSize), 0, 1, sender.prompt(),
                sender.answer(), 1, seed);
        return new SessionPlan(arrivals, prompts, new TenantMix(List.of(tenant(sender, Bid.NONE))), clients,
                0, seed);
    }

    private Tenant bidding(Sender sender, double value) {
        return tenant(sender,
                new Bid(Optional.empty(), OptionalDouble.of(value),
                        OptionalDouble.of(value / sender.patienceSeconds()), OptionalDouble.empty(),
                        OptionalLong.of(Math.round(1000 * sender.patienceSeconds()))));
    }

    private Tenant tenant(Sender sender, Bid bid) {
        return new Tenant(sender.name(), 1, Optional.ofNullable(keys.get(sender.name())), bid);
    }
}
