package dev.pigou.engine.http;

import dev.pigou.engine.ops.ServerMetrics;

/** What every connection of a server shares. */
record HttpServices(HttpConfig config, Routes routes, RequestGate gate, ServerMetrics metrics,
        InFlight inFlight, BodyBudget bodies) {}
