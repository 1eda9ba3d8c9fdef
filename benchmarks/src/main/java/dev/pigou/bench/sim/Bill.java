package dev.pigou.bench.sim;

import dev.pigou.scheduler.Charge;

/**
 * What an answer was forecast to cost when it started, and what was metered; picocredits.
 *
 * @param quoted it has started, and so there was a forecast
 * @param mostPico what 95 of 100 like it were not to exceed
 */
public record Bill(boolean quoted, long expectedPico, long mostPico, long meteredPico) {
    /** Of who never came in. */
    static final Bill NONE = new Bill(false, 0, 0, 0);

    static Bill of(Charge charge, boolean started) {
        return new Bill(started, charge.expectedPico(), charge.forecastPico(), charge.meteredPico());
    }
}
