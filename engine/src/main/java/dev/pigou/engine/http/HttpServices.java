package dev.pigou.engine.http;

import dev.pigou.engine.ops.ServerMetrics;
import java.util.Optional;
import java.util.function.Function;

/**
 * What every connection of a server shares.
 *
 * @param load what headers say of the load, by format
 */
record HttpServices(HttpConfig config, Routes routes, RequestGate gate, ServerMetrics metrics,
        Function<String, Optional<String>> load, InFlight inFlight, BodyBudget bodies) {}
