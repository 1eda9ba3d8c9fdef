package dev.pigou.bench.load.workload;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a request says it is worth, in the fields of Pigou's API. Servers that know no prices ignore them.
 *
 * @param serviceTier OpenAI's {@code service_tier}
 * @param value of the answer, in credits
 * @param latencyPrice of each second of delay, in credits
 * @param maxPrice the most to pay, in credits
 * @param deadlineMs when the answer is worth nothing any more, in milliseconds after it was sent
 */
public record Bid(Optional<String> serviceTier, OptionalDouble value, OptionalDouble latencyPrice,
        OptionalDouble maxPrice, OptionalLong deadlineMs) {
    public static final Bid NONE = new Bid(Optional.empty(), OptionalDouble.empty(), OptionalDouble.empty(),
            OptionalDouble.empty(), OptionalLong.empty());
}
