package dev.pigou.bench.load.workload;

import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * How clients take their answers.
 *
 * @param disconnectShare of requests whose client leaves at a random token of the answer, or before the first
 * @param slowShare of requests whose client reads no more than {@code slowBytesPerSecond}; both shares at most 1 together
 * @param patienceMillis to the first token, of all other clients; empty if they wait for ever
 */
public record ClientMix(double disconnectShare, double slowShare, int slowBytesPerSecond,
        OptionalLong patienceMillis) {
    /** Everybody reads everything as it comes, and waits for ever. */
    public static final ClientMix PATIENT = new ClientMix(0, 0, 1, OptionalLong.empty());

    /** Everybody leaves if no token has come after so many milliseconds. */
    public static ClientMix losingPatience(long afterMillis) {
        return new ClientMix(0, 0, 1, OptionalLong.of(afterMillis));
    }

    ClientBehaviour draw(int outputTokens, SplittableRandom random) {
        double drawn = random.nextDouble();
        if (drawn < disconnectShare) {
            return new ClientBehaviour.Disconnects(random.nextInt(outputTokens));
        }
        if (drawn < disconnectShare + slowShare) {
            return new ClientBehaviour.ReadsSlowly(slowBytesPerSecond);
        }
        return patienceMillis.isPresent()
                ? new ClientBehaviour.LosesPatience(patienceMillis.getAsLong())
                : ClientBehaviour.PATIENT;
    }
}
