package dev.pigou.scheduler;

/**
 * What a sequence has been charged so far, by what for: whole picocredits (1e-12 credits), so that books balance to the last
 * unit. A policy that charges nothing leaves it at 0. Owned by the scheduler's thread.
 */
public final class Charge {
    private long prefillPico;
    private long decodePico;
    private long kvPico;
    private long boundPico = Long.MAX_VALUE;

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

    /** What its sender pays: what was metered, but no more than was promised. */
    public long duePico() {
        return Math.min(meteredPico(), boundPico);
    }

    /** What was metered above the promise. Nobody pays it; the books show it. */
    public long writtenOffPico() {
        return meteredPico() - duePico();
    }

    /** Most that will be due; {@link Long#MAX_VALUE} if nothing was promised. */
    public long boundPico() {
        return boundPico;
    }

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

    /** The rent of all blocks held so far. */
    void kv(long pico) { kvPico = pico; }
}
