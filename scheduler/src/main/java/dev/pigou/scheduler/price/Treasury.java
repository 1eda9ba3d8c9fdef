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
 * The money side of the {@link PricePolicy}: meters what is used, promises each sequence a most, holds that in its tenant's
 * wallet and settles at the end. Tenants that were never {@link #open}ed pay without a limit. Owned by the scheduler's
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

    /** Gives a tenant a wallet and a floor, once. What of it runs already is not paid from the wallet. */
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

    /** Credits that a tenant may still spend, without those held for what runs; infinite if it has no wallet. */
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
     * What it can bid, in credits: its value as paced, and nothing while its tenant's wallet does not hold what it may cost.
     *
     * @param expectedCost credits
     */
    double worth(Sequence waiting, double expectedCost, long nowNanos) {
        int tenant = waiting.bid().tenant().index();
        Wallet wallet = wallets.of(tenant);
        if (wallet != null && waiting.preemptions() == 0
                && !wallet.seemsToAfford(Picocredits.of(expectedCost), nowNanos)) {
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
        int cached = view.cachedTokens(waiting);
        long expected = bounds.expectedPico(waiting, cached);
        long bound = bounds.boundPico(waiting, cached);
        wallet.asked(expected, bound);
        if (expected == 0 || bound <= wallet.availablePico(nowNanos)) {
            return Admission.ADMIT_IF_IT_FITS;
        }
        return refusal(waiting, wallet, expected, bound, nowNanos) == null
                ? Admission.PASS
                : Admission.REFUSE;
    }

    /** True, and the reason noted, if its tenant's wallet will not hold what it may cost while it is worth anything. */
    boolean isOutOfBudget(Sequence waiting, SchedulerView view, long nowNanos) {
        Wallet wallet = wallets.of(waiting.bid().tenant().index());
        if (wallet == null || waiting.preemptions() > 0 || waiting.rank() < 0) {
            return false; // with a rank below 0 it was worth something, so it seemed to be affordable
        }
        return admission(waiting, view, nowNanos) == Admission.REFUSE;
    }

    private @Nullable Refusal refusal(Sequence waiting, Wallet wallet, long expectedPico, long boundPico,
            long nowNanos) {
        long worthless = waiting.bid().worthlessNanos(waiting.arrivalNanos());
        double left = worthless == Bid.NO_DEADLINE ? Double.POSITIVE_INFINITY : (worthless - nowNanos) / 1e9;
        if (wallet.secondsAtBest(boundPico, nowNanos) <= left || isEntitled(waiting, worthless)) {
            return null;
        }
        Refusal refusal = new Refusal(Refusal.Reason.OUT_OF_BUDGET, wallet.secondsUntil(boundPico, nowNanos),
                Picocredits.credits(expectedPico));
        waiting.refuse(refusal);
        return refusal;
    }

    /** It runs. The first time, what it may cost is promised and held. */
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
            charge.bound(wallet.availablePico(nowNanos)); // less than promised only where starting is free
            wallet.hold(charge.boundPico());
            charge.hold(charge.boundPico());
        }
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
        if (wallet == null || rentPico > charge.boundPico()) {
            return rentPico <= charge.boundPico();
        }
        long more = Math.min(rentPico - charge.heldPico(), wallet.availablePico(nowNanos));
        wallet.hold(more);
        charge.hold(charge.heldPico() + more);
        return charge.heldPico() == rentPico;
    }

    /** A lease is over, and is to be paid, as far as it could be held for. */
    void leaseEnded(PrefixLease lease, long nowNanos) {
        Charge charge = lease.charge();
        affords(lease, Math.min(charge.kvPico(), charge.boundPico()), nowNanos);
        int tenant = lease.tenant().index();
        if (wallets.of(tenant) != null) {
            charge.bound(charge.heldPico());
        }
        settle(tenant, charge);
        books.close(lease);
    }

    /** It has ended, and is to pay. What failed through no fault of its sender is free. */
    void ended(Sequence sequence) {
        Charge charge = sequence.charge();
        FinishReason reason = sequence.finishReason();
        if (reason == FinishReason.ERROR) {
            charge.bound(0);
        } else if (reason == FinishReason.STOP || reason == FinishReason.LENGTH) {
            bounds.learn(charge);
        }
        settle(sequence.bid().tenant().index(), charge);
        books.close(sequence);
    }

    private void settle(int tenant, Charge charge) {
        Wallet wallet = wallets.of(tenant);
        if (wallet != null && charge.heldPico() > 0) {
            wallet.settle(charge.heldPico(), charge.duePico());
        }
        pacing.spent(tenant, charge.duePico());
        if (rebating) {
            rebates.paid(charge.duePico());
        }
    }
}
