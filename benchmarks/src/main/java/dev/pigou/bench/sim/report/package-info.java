/// What a simulated run amounted to: welfare, latencies by tenant, prices over time; as records and as JSON.
@NullMarked
package dev.pigou.bench.sim.report;

import org.jspecify.annotations.NullMarked;
