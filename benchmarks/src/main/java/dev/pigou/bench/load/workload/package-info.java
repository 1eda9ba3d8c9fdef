/// What is sent and when: arrival processes, prompts, conversations, tenants. Everything is drawn from a
/// seed, so the same flags give the same workload. May know trace files; knows neither HTTP nor clocks.
@NullMarked
package dev.pigou.bench.load.workload;

import org.jspecify.annotations.NullMarked;
