package dev.pigou.scheduler;

/** What a {@link SchedulingPolicy} says of a sequence that waits and is first in order. */
public enum Admission {
    /** It runs if memory has room for it. If not, nobody behind it is tried: it might wait for ever. */
    ADMIT,
    /** It runs if memory has room for it. If not, those behind it are tried. */
    ADMIT_IF_IT_FITS,
    /** Not in this step; those behind it are tried. */
    PASS,
    /** Not in this step, and nobody behind it either. */
    STOP,
    /** Never: it ends with {@link FinishReason#REFUSED}. */
    REFUSE
}
