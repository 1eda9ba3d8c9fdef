package dev.pigou.scheduler.estimate;

/**
 * A step to be run and timed, of one prefill chunk, or of decodes that are all alike.
 *
 * @param prefillTokens of the chunk; 0 for none
 * @param prefillContext tokens before the chunk
 * @param decodeSequences that each get one token
 * @param decodeContext tokens each of them reads, its newest among them
 */
public record CalibrationStep(int prefillTokens, int prefillContext, int decodeSequences, int decodeContext) {
    public StepWork work(int blockSize) {
        return new StepWork().addPrefill(prefillContext, prefillContext + prefillTokens)
                .addDecodes(decodeSequences, decodeContext, blockSize);
    }
}
