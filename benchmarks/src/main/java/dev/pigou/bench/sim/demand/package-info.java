/// What a simulated run is asked to serve: requests with lengths, arrivals, tenants and values, from traces
/// or from a seeded generator. Knows nothing of who serves them.
@NullMarked
package dev.pigou.bench.sim.demand;

import org.jspecify.annotations.NullMarked;
