package dev.pigou.bench.sim.hindsight;

/** Which schedules the bound allows. */
public enum FormName {
    /** Anything that is done by the horizon: a bound for every policy. */
    PREEMPTIVE,
    /** What has begun holds its memory until it is done: a bound for policies that never preempt. */
    CONTIGUOUS,
    /** All decode at one pace, whatever runs beside them: no bound, but the reference for prices of KV memory. */
    PACED;

    Form over(Slots slots, double tokenSeconds) {
        return switch (this) {
            case PREEMPTIVE -> new PreemptiveForm(slots);
            case CONTIGUOUS -> new ContiguousForm(slots);
            case PACED -> new PacedForm(slots, tokenSeconds);
        };
    }
}
