package dev.pigou.bench.load.client;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What the server says it used, as far as it says it. */
record Usage(OptionalInt promptTokens, OptionalInt outputTokens, OptionalInt cachedTokens,
        OptionalDouble charge, OptionalDouble welfare) {
    static final Usage UNKNOWN = new Usage(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(),
            OptionalDouble.empty(), OptionalDouble.empty());
}
