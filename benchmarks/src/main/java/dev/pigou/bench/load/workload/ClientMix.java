package dev.pigou.bench.load.workload;

import java.util.SplittableRandom;

/**
 * How clients take their answers.
 *
 * @param disconnectShare of requests whose client leaves at a random token of the answer, or before the first
 * @param slowShare of requests whose client reads no more than {@code slowBytesPerSecond}; both shares at most 1 together
 */
public record ClientMix(double disconnectShare, double slowShare, int slowBytesPerSecond) {
    ClientBehaviour draw(int outputTokens, SplittableRandom random) {
        double drawn = random.nextDouble();
        if (drawn < disconnectShare) {
            return new ClientBehaviour.Disconnects(random.nextInt(outputTokens));
        }
        return drawn < disconnectShare + slowShare
                ? new ClientBehaviour.ReadsSlowly(slowBytesPerSecond)
                : ClientBehaviour.PATIENT;
    }
}
