package dev.pigou.scheduler.price;

import dev.pigou.scheduler.Admission;
import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.Charge;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.PrefixLease;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.SchedulerView;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;
import dev.pigou.scheduler.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * The money side of the {@link PricePolicy}: meters what is used, promises each sequence a most, holds what it expects in
 * its tenant's wallet and settles at the end. Tenants that were never {@link #open}ed pay without a limit. Owned by the scheduler's
 * thread; allocates nothing in the steady state.
 */
public final class Treasury {
    private final Metering metering;
    private final Bounds bounds;
    private final PricePath path;
    private final Books books = new Books();
    private final Wallets wallets = new Wallets();
    private final Pacing pacing = new Pacing();
    private final Floors floors;
    private final Rebates rebates = new Rebates();
    private boolean rebating;

    Treasury(Metering metering, Bounds bounds, PricePath path, Floors floors) {
        this.metering = metering;
        this.bounds = bounds;
        this.path = path;
        this.floors = floors;
    }

    /** Gives a tenant a wallet and a floor, once. */
    public void open(Tenant tenant, Allowance allowance, long nowNanos) {
        if (wallets.of(tenant.index()) != null) {
            throw new IllegalStateException("tenant " + tenant.name() + " has a wallet already");
        }
        wallets.open(tenant.index(), new Wallet(allowance, nowNanos));
        rebates.admit(tenant);
        floors.grant(tenant.index(), allowance.floorShare());
        if (allowance.refillPerSecond() > 0) {
            pacing.limit(tenant.index(), allowance.refillPerSecond());
        }
    }

    /** From now on, what is paid is handed back to the tenants with wallets, by their shares. */
    public void rebateByShare() {
        rebating = true;
    }

    /** Gives a tenant a floor that has no wallet: a share of all memory, in [0, 1]. */
    public void grantFloor(Tenant tenant, double shareOfMemory) {
        floors.grant(tenant.index(), shareOfMemory);
    }

    /** Credits that a tenant may still spend, without those held for what runs; below 0 in debt, infinite without a wallet. */
    public double available(Tenant tenant, long nowNanos) {
        Wallet wallet = wallets.of(tenant.index());
        return wallet == null
                ? Double.POSITIVE_INFINITY
                : Picocredits.credits(wallet.availablePico(nowNanos));
    }

    public Books books() { return books; }

    /** Charged for step time since the start, also to what has not ended yet. Books must balance to it. */
    public long pricedComputePico() {
        return metering.prefillPico() + metering.decodePico();
    }

    /** Prices were found anew. */
    void repriced(double kvPrice, double latencyPressure, SchedulerView view, long nowNanos) {
        path.observe(kvPrice, latencyPressure, nowNanos);
        if (rebating) {
            rebates.payOut(wallets, pacing);
        }
        pacing.update(nowNanos);
        floors.recount(view);
    }

    /** True if it may start next whatever it bids, if it still waits then. */
    boolean isEntitled(Sequence waiting, long nowNanos) {
        return floors.entitle(waiting, nowNanos);
    }

    /**
     * What it can bid, in credits: its value as paced, and nothing while its tenant's wallet does not hold what it is expected to cost.
     *
     * @param expectedCost credits
     */
    double worth(Sequence waiting, double expectedCost, long nowNanos) {
        int tenant = waiting.bid().tenant().index();
        Wallet wallet = wallets.of(tenant);
        if (wallet != null && waiting.preemptions() == 0
                && !affords(wallet, Picocredits.of(expectedCost), nowNanos)) {
            return 0;
        }
        return pacing.factor(tenant) * waiting.value(nowNanos);
    }

    /** ADMIT if it may start as soon as memory can be had, whatever the price; ADMIT_IF_IT_FITS if money is no obstacle. */
    Admission admission(Sequence waiting, SchedulerView view, long nowNanos) {
        if (isEntitled(waiting, nowNanos)) {
            return Admission.ADMIT;
        }
        Wallet wallet = wallets.of(waiting.bid().tenant().index());
        if (wallet == null || waiting.preemptions() > 0) {
            return Admission.ADMIT_IF_IT_FITS;
        }
        long needed = bounds.neededPico(waiting, view.cachedTokens(waiting));
        if (affords(wallet, needed, nowNanos)) {
            return Admission.ADMIT_IF_IT_FITS;
        }
        return refusal(waiting, wallet, needed, nowNanos) == null ? Admission.PASS : Admission.REFUSE;
    }

    /** What is free can be had even in debt. */
    private static boolean affords(Wallet wallet, long pico, long nowNanos) {
        return pico == 0 || pico <= wallet.availablePico(nowNanos);
    }

    /** True, and the reason noted, if its tenant's wallet will not hold what it is expected to cost while it is worth anything. */
    boolean isOutOfBudget(Sequence waiting, SchedulerView view, long nowNanos) {
        Wallet wallet = wallets.of(waiting.bid().tenant().index());
        if (wallet == null || waiting.preemptions() > 0 || waiting.rank() < 0) {
            return false; // with a rank below 0 it was worth something, so it seemed to be affordable
        }
        return admission(waiting, view, nowNanos) == Admission.REFUSE;
    }

    private @Nullable Refusal refusal(Sequence waiting, Wallet wallet, long neededPico, long nowNanos) {
        long worthless = waiting.bid().worthlessNanos(waiting.arrivalNanos());
        double left = worthless == Bid.NO_DEADLINE ? Double.POSITIVE_INFINITY : (worthless - nowNanos) / 1e9;
        if (wallet.secondsAtBest(neededPico, nowNanos) <= left || isEntitled(waiting, worthless)) {
            return null;
        }
        Refusal refusal = new Refusal(Refusal.Reason.OUT_OF_BUDGET, wallet.secondsUntil(neededPico, nowNanos),
                Picocredits.credits(neededPico));
        waiting.refuse(refusal);
        return refusal;
    }

    /**
     * It runs. The first time, the most that it may cost is promised, and what it is expected to cost is held: to hold the most
     * would keep its tenant out of a market that he can pay for, unless he bids more than he means (docs/pricing.md).
     */
    void admitted(Sequence starting, long nowNanos) {
        boolean free = isEntitled(starting, nowNanos);
        floors.started(starting);
        if (starting.preemptions() > 0) {
            return;
        }
        Charge charge = starting.charge();
        charge.settledTo(starting.cachedTokens());
        bounds.promise(starting, nowNanos);
        charge.bound(free ? 0 : Long.MAX_VALUE);
        path.held(bounds.expect(starting, starting.cachedTokens(), 0).holdingSeconds());
        Wallet wallet = wallets.of(starting.bid().tenant().index());
        if (wallet != null) {
            hold(wallet, charge, Math.min(charge.boundPico(), charge.expectedPico()), nowNanos);
        }
    }

    /** Sets aside so much in all for a charge, or what is left; true if that was enough. */
    private static boolean hold(Wallet wallet, Charge charge, long pico, long nowNanos) {
        long more = Math.min(pico - charge.heldPico(), wallet.availablePico(nowNanos));
        if (more > 0) {
            wallet.hold(more);
            charge.hold(charge.heldPico() + more);
        }
        return charge.heldPico() >= pico;
    }

    /** A chunk was computed. */
    void computed(StepPlan plan, int chunk) {
        metering.computed(plan, chunk, path.pressureNow());
    }

    /** It left a lease behind, which may cost what it left of its own limit. */
    void leased(Sequence answered, PrefixLease lease, long nowNanos) {
        long limit = Bounds.limitPico(answered, nowNanos);
        lease.charge().bound(Math.max(0, limit - answered.charge().duePico()));
    }

    /** True if the rent of a lease is within its bound and what its tenant has, which then is held. */
    boolean affords(PrefixLease lease, long rentPico, long nowNanos) {
        Charge charge = lease.charge();
        Wallet wallet = wallets.of(lease.tenant().index());
        return rentPico <= charge.boundPico() && (wallet == null || hold(wallet, charge, rentPico, nowNanos));
    }

    /** A lease is over, and is to pay, as far as it could be held for. */
    void leaseEnded(PrefixLease lease, long nowNanos) {
        Charge charge = lease.charge();
        affords(lease, charge.duePico(), nowNanos);
        if (wallets.of(lease.tenant().index()) != null) {
            charge.bound(charge.heldPico());
        }
        settle(lease.tenant().index(), charge, nowNanos);
        books.close(lease);
    }

    /** It has ended, and is to pay. What failed through no fault of its sender is free. */
    void ended(Sequence sequence, long nowNanos) {
        Charge charge = sequence.charge();
        FinishReason reason = sequence.finishReason();
        if (reason == FinishReason.ERROR) {
            charge.bound(0);
        } else if (reason == FinishReason.STOP || reason == FinishReason.LENGTH) {
            bounds.learn(charge);
        }
        settle(sequence.bid().tenant().index(), charge, nowNanos);
        books.close(sequence);
    }

    /**
     * Takes what is due, also beyond what the wallet has: who could spend what he does not have by bidding more than he means
     * would (docs/pricing.md). What is beyond the largest debt is written off.
     */
    private void settle(int tenant, Charge charge, long nowNanos) {
        Wallet wallet = wallets.of(tenant);
        if (wallet != null) {
            long most = wallet.mostDuePico(charge.heldPico(), nowNanos);
            if (charge.duePico() > most) {
                charge.beyondWallet(most);
            }
            wallet.settle(charge.heldPico(), charge.duePico());
        }
        pacing.spent(tenant, charge.duePico());
        if (rebating) {
            rebates.paid(charge.duePico());
        }
    }
}
