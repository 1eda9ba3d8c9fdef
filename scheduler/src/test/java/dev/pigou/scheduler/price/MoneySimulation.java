package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.CacheTerms;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.SequenceState;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.Tenant;
import java.util.SplittableRandom;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One seeded run of the real scheduler and price policy over a small memory: tenants rich, poor and with a floor, shared
 * prefixes, preemptions, cancels, failures and clocks that jump. All choices come from the seed.
 */
final class MoneySimulation {
    private static final int REQUESTS = 60;
    private static final int MOST_STEPS = 50_000;
    private static final Tenant UNLIMITED = new Tenant(0, "unlimited", 1);
    private static final Tenant SAVER = new Tenant(1, "saver", 1);
    private static final Tenant EARNER = new Tenant(2, "earner", 1);
    private static final Tenant POOR = new Tenant(3, "poor", 1);
    private static final double SAVINGS = 0.5;

    /** How often each rare thing happened. */
    record Coverage(int preemptions, int refused, int errors, int cancelled, int writtenOff, int quoted,
            int cached, int leases, int paidLeases, int accruedLeases) {
        Coverage plus(Coverage other) {
            return new Coverage(preemptions + other.preemptions, refused + other.refused,
                    errors + other.errors, cancelled + other.cancelled, writtenOff + other.writtenOff,
                    quoted + other.quoted, cached + other.cached, leases + other.leases,
                    paidLeases + other.paidLeases, accruedLeases + other.accruedLeases);
        }
    }

    private final SplittableRandom random;
    private final House house;
    private int quoted;

    MoneySimulation(long seed) {
        random = new SplittableRandom(seed);
        double resourcePrice = random.nextInt(3) == 0 ? random.nextDouble() : 0;
        house = new House(20 + random.nextInt(40), House.resourcePrice(resourcePrice));
        house.treasury().open(SAVER, new Allowance(0, 10, SAVINGS, 0), 0);
        house.treasury().open(EARNER, new Allowance(0.02, 1, 0.01, 0.3), 0);
        house.treasury().open(POOR, new Allowance(0, 0, 0, 0), 0);
    }

    MoneySimulation run() {
        int arrivals = 0;
        for (int step = 0; arrivals < REQUESTS || house.scheduler.hasWork(); step++) {
            assertThat(step).as("steps without coming to an end").isLessThan(MOST_STEPS);
            while (arrivals < REQUESTS && random.nextInt(6) == 0) {
                arrive();
                arrivals++;
            }
            step();
            cancelSomebody(arrivals == REQUESTS && step > MOST_STEPS / 2);
            moveTheClock();
            checkWallets();
        }
        house.scheduler.endLeases(house.nowNanos);
        checkBooks();
        return this;
    }

    private void arrive() {
        long lease = random.nextInt(3) == 0 ? random.nextLong(20 * House.SECOND) : 0;
        Sequence sequence = house.make(bid(), prompt(), 1 + random.nextInt(40), new CacheTerms(0, lease));
        try {
            if (random.nextInt(5) == 0) {
                sequence.charge().quoted(house.quote(sequence).boundPico());
                quoted++;
            }
            house.add(sequence);
        } catch (IllegalArgumentException tooLarge) {
            assertThat(tooLarge).hasMessageContaining("room");
        }
    }

    private Bid bid() {
        Tenant tenant = switch (random.nextInt(4)) {
            case 0 -> SAVER;
            case 1 -> EARNER;
            case 2 -> POOR;
            default -> UNLIMITED;
        };
        double maxPrice = random.nextInt(4) == 0 ? 0.2 * random.nextDouble() : Double.POSITIVE_INFINITY;
        long deadline = random.nextInt(3) == 0
                ? house.nowNanos + random.nextLong(20 * House.SECOND)
                : Bid.NO_DEADLINE;
        return new Bid(tenant, 3 * random.nextDouble(), 0.001 + 0.3 * random.nextDouble(), maxPrice, deadline,
                0);
    }

    /** One of three texts up to some place, and then something of its own. */
    private int[] prompt() {
        int text = random.nextInt(3);
        int shared = random.nextInt(40);
        int[] prompt = new int[shared + 1 + random.nextInt(20)];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = i < shared ? 1 + (text + i * i) % 9 : 1 + random.nextInt(9);
        }
        return prompt;
    }

    private void step() {
        StepPlan plan = house.scheduler.plan(house.nowNanos);
        house.pass(plan);
        if (random.nextInt(60) == 0) {
            house.scheduler.fail(plan, house.nowNanos);
        } else if (random.nextInt(60) == 0) {
            house.scheduler.retract(plan);
        } else {
            int broken = random.nextInt(100);
            cancelSomebody(false);
            house.scheduler.apply(plan, new House.Constant(chunk -> chunk == broken), house.nowNanos);
        }
        house.scheduler.checkInvariants(house.nowNanos);
    }

    private void cancelSomebody(boolean everybody) {
        for (Sequence sequence : house.sequences) {
            if (everybody || random.nextInt(4000) == 0) {
                house.scheduler.finish(sequence, FinishReason.CANCELLED, house.nowNanos);
            }
        }
    }

    private void moveTheClock() {
        house.nowNanos += random.nextInt(1000) < 3
                ? random.nextLong(-3 * House.SECOND, 10 * House.SECOND)
                : random.nextLong(20_000_000);
    }

    private void checkWallets() {
        checkWallet(SAVER, 10);
        checkWallet(EARNER, 1);
        checkWallet(POOR, 0);
    }

    private void checkWallet(Tenant tenant, double cap) {
        assertThat(house.treasury().available(tenant, house.nowNanos)).as("wallet of %s", tenant.name())
                .isBetween(-cap, cap);
    }

    private void checkBooks() {
        Books.Account all = house.treasury().books().all();
        long prefillAndDecode = 0;
        long kv = 0;
        long due = 0;
        for (Sequence sequence : house.sequences) {
            assertThat(sequence.state()).isEqualTo(SequenceState.FINISHED);
            assertThat(sequence.charge().duePico()).as("due of sequence %d", sequence.id())
                    .isLessThanOrEqualTo(Picocredits.of(sequence.bid().maxPrice())
                            - (sequence.lease() == null ? 0 : sequence.lease().charge().duePico()));
            prefillAndDecode += sequence.charge().prefillPico() + sequence.charge().decodePico();
            kv += sequence.charge().kvPico();
            due += sequence.charge().duePico();
        }
        for (PrefixLease lease : house.endedLeases) {
            kv += lease.charge().kvPico();
            due += lease.charge().duePico();
        }
        assertThat(prefillAndDecode).isEqualTo(house.treasury().pricedComputePico());
        assertThat(kv).isEqualTo(house.kvCache.pricedPico());
        assertThat(all.meteredPico()).isEqualTo(prefillAndDecode + kv);
        assertThat(all.duePico()).isEqualTo(due);
        assertThat(all.duePico() + all.writtenOffPico()).isEqualTo(all.meteredPico());
        assertThat(all.sequences()).isEqualTo(house.sequences.size());
        long saved = Math.round(1e12 * house.treasury().available(SAVER, house.nowNanos));
        long spent = house.treasury().books().of(SAVER.index()).duePico();
        assertThat(saved + spent).as("all holds are released").isEqualTo(Picocredits.of(SAVINGS));
        assertThat(house.treasury().books().of(POOR.index()).duePico()).isZero();
    }

    Coverage coverage() {
        return new Coverage(house.sequences.stream().mapToInt(Sequence::preemptions).sum(),
                ended(FinishReason.REFUSED), ended(FinishReason.ERROR), ended(FinishReason.CANCELLED),
                (int) house.sequences.stream().filter(each -> each.charge().writtenOffPico() > 0).count(),
                quoted, (int) house.sequences.stream().filter(each -> each.cachedTokens() > 0).count(),
                house.endedLeases.size(),
                (int) house.endedLeases.stream().filter(each -> each.charge().duePico() > 0).count(),
                house.accruedPico.size());
    }

    private int ended(FinishReason reason) {
        return (int) house.sequences.stream().filter(each -> each.finishReason() == reason).count();
    }
}
