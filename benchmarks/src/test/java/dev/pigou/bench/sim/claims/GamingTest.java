package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.Outcome;
import dev.pigou.bench.sim.demand.Demand;
import dev.pigou.bench.sim.demand.Prompt;
import dev.pigou.bench.sim.demand.Request;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.price.Allowance;
import dev.pigou.scheduler.price.Treasury;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * T9 in small: one of five tenants says what is not so. What it gets is counted at its true values, less what it pays.
 * Seeds, for another word changes everybody's schedule. The target is a gain of at most 2 %; asked is more, for the few seeds
 * that there is time for. Saying ten times as much with a wallet loses 10.9 % in the mean of 64 seeds; docs/pricing.md.
 */
final class GamingTest {
    private static final MachineSettings MACHINE = MachineSettings.DEFAULT;
    private static final List<Tenant> TENANTS = IntStream.range(0, 5)
            .mapToObj(index -> new Tenant(index, "tenant " + index, 1)).toList();
    private static final int LIAR = 0;
    private static final int SEEDS = 8;
    private static final double MOST_GAIN = 0.03;
    private static final int WALLET_SEEDS = 16;
    private static final double MOST_GAIN_WITH_A_WALLET = 0.02;
    private static final double CAP_SECONDS = 120;
    private static final double TOUCH_VALUE = 0.001;
    private static final long TOUCH_NANOS = 10_000_000_000L;

    private static Demand honest(long seed) {
        return Demands.changed(Demands.synthetic(1500, 4, 0.05, seed), request -> Demands.bidding(request,
                Demands.by(request.bid(), TENANTS.get(request.id() % TENANTS.size()))));
    }

    private static Demand lying(Demand demand, UnaryOperator<Request> lie) {
        return Demands.changed(demand,
                request -> request.bid().tenant().index() == LIAR ? lie.apply(request) : request);
    }

    private static double net(PricedRun run, double saidOverTrue) {
        return run.welfareOf(LIAR) / saidOverTrue - run.due(LIAR);
    }

    @Test
    void whoPaysWithoutLimitLosesBySayingTenTimesAsMuch() {
        for (long seed = 1; seed <= 3; seed++) {
            Demand demand = honest(seed);
            double truth = net(PricedRun.of(demand, MACHINE, "known", seed), 1);
            double lie = net(PricedRun.of(
                    lying(demand, request -> Demands.bidding(request, Demands.scaled(request.bid(), 10))),
                    MACHINE, "known", seed), 10);
            assertThat(lie).as("seed %d, truthful %s", seed, truth).isLessThan(truth * (1 + MOST_GAIN));
        }
    }

    /** Wallets that earn what all would spend without them. */
    @Test
    void withAWalletSayingTenTimesAsMuchGainsLittle() {
        double truth = 0;
        double lie = 0;
        for (long seed = 1; seed <= WALLET_SEEDS; seed++) {
            Demand demand = honest(seed);
            PricedRun unlimited = PricedRun.of(demand, MACHINE, "known", seed);
            double spent = TENANTS.stream().mapToDouble(tenant -> unlimited.due(tenant.index())).sum();
            double refill = spent / TENANTS.size() / (demand.lastArrivalNanos() / 1e9);
            truth += net(PricedRun.of(demand, MACHINE, "known", seed, treasury -> open(treasury, refill)), 1);
            lie += net(PricedRun.of(
                    lying(demand, request -> Demands.bidding(request, Demands.scaled(request.bid(), 10))),
                    MACHINE, "known", seed, treasury -> open(treasury, refill)), 10);
        }
        assertThat(lie).as("seeds 1 to %d, truthful %s", WALLET_SEEDS, truth)
                .isLessThan(truth * (1 + MOST_GAIN_WITH_A_WALLET));
    }

    private static void open(Treasury treasury, double refill) {
        double cap = CAP_SECONDS * refill;
        TENANTS.forEach(tenant -> treasury.open(tenant, new Allowance(refill, cap, cap, 0), 0));
    }

    /** Each of its requests becomes two with half of the answer and half of the value. */
    @Test
    void splittingRequestsGainsNothing() {
        double whole = 0;
        double split = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Demand demand = honest(seed);
            whole += net(PricedRun.of(demand, MACHINE, "known", seed), 1);
            List<Request> requests = new ArrayList<>();
            for (Request request : demand.requests()) {
                boolean splits = request.bid().tenant().index() == LIAR && request.outputTokens() > 1;
                requests.addAll(splits ? halves(request) : List.of(request));
            }
            split += net(PricedRun.of(Demands.of(requests), MACHINE, "known", seed), 1);
        }
        assertThat(split).as("seeds 1 to %d, unsplit %s", SEEDS, whole).isLessThan(whole * (1 + MOST_GAIN));
    }

    private static List<Request> halves(Request request) {
        int first = request.outputTokens() / 2;
        int second = request.outputTokens() - first;
        Prompt prompt = request.prompt();
        Prompt other = new Prompt(prompt.length() + first, prompt.blockHashes(), prompt.blockTokens(),
                prompt.space(), -1 - prompt.own());
        return List.of(
                new Request(0, Demands.scaled(request.bid(), 0.5), request.arrivalNanos(), prompt, first,
                        request.maxTokens()),
                new Request(0, Demands.scaled(request.bid(), 0.5), request.arrivalNanos(), other, second,
                        request.maxTokens()));
    }

    /**
     * It keeps its prefixes in the cache by asking for a token after each of them every few seconds; which is worth nothing to it,
     * but that it asks less of the machine afterwards.
     */
    @Test
    void touchingPrefixesGainsNothing() {
        double truth = 0;
        double lie = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Demand demand = honest(seed);
            truth += net(PricedRun.of(demand, MACHINE, "known", "price", seed, _ -> {}), 1);
            List<Request> requests = new ArrayList<>(demand.requests());
            requests.addAll(touches(demand));
            PricedRun run = PricedRun.of(Demands.of(requests), MACHINE, "known", "price", seed, _ -> {});
            double touched = run.outcomesOf(LIAR).stream()
                    .filter(each -> each.request().bid().value() == TOUCH_VALUE).mapToDouble(Outcome::credits)
                    .sum();
            lie += net(run, 1) - touched;
        }
        assertThat(lie).as("seeds 1 to %d, truthful %s", SEEDS, truth).isLessThan(truth * (1 + MOST_GAIN));
    }

    private static List<Request> touches(Demand demand) {
        Map<Integer, Prompt> prefixes = new TreeMap<>();
        Request sample = demand.requests().getFirst();
        for (Request request : demand.requests()) {
            Prompt prompt = request.prompt();
            if (request.bid().tenant().index() == LIAR && prompt.blockHashes().length > 0) {
                prefixes.putIfAbsent(prompt.blockHashes()[0], prompt);
            }
        }
        Bid bid = Demands.by(Demands.scaled(sample.bid(), TOUCH_VALUE / sample.bid().value()),
                TENANTS.get(LIAR));
        List<Request> touches = new ArrayList<>();
        for (long nanos = 0; nanos < demand.lastArrivalNanos(); nanos += TOUCH_NANOS) {
            for (Prompt prompt : prefixes.values()) {
                Prompt prefix = new Prompt(prompt.blockHashes().length * prompt.blockTokens(),
                        prompt.blockHashes(), prompt.blockTokens(), prompt.space(), -2 - touches.size());
                touches.add(new Request(0, bid, nanos, prefix, 1, 1));
            }
        }
        return touches;
    }

    /** Lengths are learned, by tenant and by what is asked for; a length that is promised short cannot be exceeded. */
    @Test
    void askingForFarMoreTokensGainsNothing() {
        double truth = 0;
        double lie = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Demand demand = honest(seed);
            truth += net(PricedRun.of(demand, MACHINE, "unknown", seed), 1);
            lie += net(PricedRun.of(
                    lying(demand,
                            request -> new Request(0, request.bid(), request.arrivalNanos(), request.prompt(),
                                    request.outputTokens(), 8 * request.maxTokens())),
                    MACHINE, "unknown", seed), 1);
        }
        assertThat(lie).as("seeds 1 to %d, truthful %s", SEEDS, truth).isLessThan(truth * (1 + MOST_GAIN));
    }
}
