package dev.pigou.engine;

import dev.pigou.scheduler.Bid;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.Refusal;
import dev.pigou.scheduler.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * How a choice ended, and all that is known of it then.
 *
 * @param bid what it was worth to whom
 * @param cachedTokens prompt tokens that were found computed, and so were not computed again
 * @param outputTokens produced
 * @param preemptions times it lost its memory
 * @param delaySeconds how long its sender waited in vain: for the first token, and after each preemption for the next
 * @param value credits that the answer is worth after that delay; at least 0. Whether there was an answer, the reason
 *     tells
 * @param bill what it was charged
 * @param expectedPico picocredits that its sender was expected to pay when it started; 0 if it never did
 * @param refusal why it was not run; present if the policy refused it and said why
 * @param lease on its prompt; present if it left one behind
 * @param failure of the device that ended it with ERROR; null if it ended otherwise, or for what the model computed
 */
public record Ending(FinishReason reason, Bid bid, int cachedTokens, int outputTokens, int preemptions,
        double delaySeconds, double value, Bill bill, long expectedPico, @Nullable Refusal refusal,
        @Nullable LeaseGrant lease, @Nullable DeviceFailure failure) {

    /** @param failure of the device at this moment, whatever the reason */
    static Ending of(Sequence ended, FinishReason reason, @Nullable DeviceFailure failure, long nowNanos) {
        return new Ending(reason, ended.bid(), ended.cachedTokens(), ended.outputLength(),
                ended.preemptions(), ended.delayNanos(nowNanos) / 1e9, ended.value(nowNanos),
                Bill.of(ended.charge()), ended.charge().expectedDuePico(), ended.refusal(),
                LeaseGrant.of(ended.lease(), nowNanos), reason == FinishReason.ERROR ? failure : null);
    }

    /** Of a choice that ended before it had a sequence. */
    public static Ending unstarted(Bid bid, FinishReason reason, @Nullable DeviceFailure failure) {
        return new Ending(reason, bid, 0, 0, 0, 0, bid.value(), Bill.NOTHING, 0, null, null,
                reason == FinishReason.ERROR ? failure : null);
    }
}
