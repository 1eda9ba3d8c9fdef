package dev.pigou.engine;

import dev.pigou.scheduler.Charge;

/**
 * What a sequence was charged, in whole picocredits (1e-12 credits).
 *
 * @param prefillPico of computing the prompt
 * @param decodePico of producing tokens
 * @param kvPico rent of KV memory
 * @param duePico what its sender pays: the sum, but no more than was promised
 */
public record Bill(long prefillPico, long decodePico, long kvPico, long duePico) {
    public static final Bill NOTHING = new Bill(0, 0, 0, 0);

    static Bill of(Charge charge) {
        return new Bill(charge.prefillPico(), charge.decodePico(), charge.kvPico(), charge.duePico());
    }

    /** What was metered above the promise, and nobody pays. */
    public long writtenOffPico() {
        return prefillPico + decodePico + kvPico - duePico;
    }

    public Bill plus(Bill other) {
        return new Bill(prefillPico + other.prefillPico, decodePico + other.decodePico, kvPico + other.kvPico,
                duePico + other.duePico);
    }
}
