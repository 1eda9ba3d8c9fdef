package dev.pigou.engine.openai;

/**
 * What every object of one answer carries.
 *
 * @param created in seconds since 1970
 * @param model the name the client used
 * @param serviceTier that was given
 */
record Envelope(String id, long created, String model, ServiceTier serviceTier) {
    /** Names the arithmetic that answers: two answers to the same seed may differ only when this does. */
    static final String FINGERPRINT = "fp_pigou";
}
