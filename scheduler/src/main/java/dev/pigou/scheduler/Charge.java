package dev.pigou.scheduler;

/**
 * What a sequence has been charged so far, by what for: whole picocredits (1e-12 credits), so that books balance to the last
 * unit. A policy that charges nothing leaves it at 0. Owned by the scheduler's thread.
 */
public final class Charge {
    private long prefillPico;
    private long decodePico;
    private long kvPico;
    private long quotedPico = Long.MAX_VALUE;
    private long boundPico = Long.MAX_VALUE;
    private long heldPico;
    private long expectedPico;
    private long forecastPico;
    private int settledTo;
    private long bearablePico = Long.MAX_VALUE;

    Charge() {}

    /** Of computing the prompt, and of computing again after a preemption nothing. */
    public long prefillPico() {
        return prefillPico;
    }

    /** Of producing tokens. */
    public long decodePico() { return decodePico; }

    /** Rent of KV memory. Complete once the sequence has ended. */
    public long kvPico() { return kvPico; }

    /** All that was metered, due or not. */
    public long meteredPico() {
        return prefillPico + decodePico + kvPico;
    }

    /** What its sender pays: what was metered, but no more than was promised, nor than his tenant's wallet can bear. */
    public long duePico() {
        return Math.min(meteredPico(), Math.min(boundPico, bearablePico));
    }

    /** What was metered above the promise, or what the wallet could bear. Nobody pays it; the books show it. */
    public long writtenOffPico() {
        return meteredPico() - duePico();
    }

    /** Most that will be due; {@link Long#MAX_VALUE} if nothing was promised. */
    public long boundPico() {
        return boundPico;
    }

    /** What its sender was quoted, a lease included; {@link Long#MAX_VALUE} if it came without a quote. */
    public long quotedPico() {
        return quotedPico;
    }

    /** To be called before it is added: it came with a quote, which is a promise. */
    public void quoted(long pico) {
        quotedPico = pico;
    }

    /** Set aside in its tenant's wallet; 0 if he has none. */
    public long heldPico() { return heldPico; }

    /** What it was expected to cost when it started. */
    public long expectedPico() { return expectedPico; }

    /** What its sender was expected to pay when it started: what it was to cost, but no more than was promised then. */
    public long expectedDuePico() {
        return Math.min(expectedPico, boundPico);
    }

    /** What it was to cost at most, 95 times in 100, when it started. */
    public long forecastPico() {
        return forecastPico;
    }

    /** Positions [0, settledTo) need no more paying: they were charged once, or in the cache. */
    public int settledTo() {
        return settledTo;
    }

    /** For policies: positions up to there are charged. */
    public void settledTo(int position) {
        settledTo = position;
    }

    /** For policies: what it is forecast to cost, before any promise. */
    public void forecast(long expected, long most) {
        expectedPico = expected;
        forecastPico = most;
    }

    /** For policies: so much was set aside for it. */
    public void hold(long pico) { heldPico = pico; }

    /** For policies: some prompt tokens were computed. */
    public void addPrefill(long pico) {
        prefillPico += pico;
    }

    /** For policies: a token was produced. */
    public void addDecode(long pico) { decodePico += pico; }

    /** For policies: promises that no more than this will be due. Set once; later calls can only lower it. */
    public void bound(long pico) {
        boundPico = Math.min(boundPico, pico);
    }

    /** For policies: its tenant's wallet can bear no more of it than this. */
    public void beyondWallet(long pico) {
        bearablePico = pico;
    }

    /** True if some of what was promised is not due, for the wallet could bear no more. */
    public boolean isBeyondWallet() {
        return bearablePico != Long.MAX_VALUE;
    }

    /** The rent of all blocks held, or leased, so far. */
    void kv(long pico) { kvPico = pico; }
}
