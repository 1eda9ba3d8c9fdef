/// The load harness: measures an OpenAI-compatible server from the outside, the way a sceptic would.
///
/// `workload` says what is sent and when, `client` speaks HTTP, `result` holds what came back, `report` makes
/// figures of it. This package drives one through the other: it keeps the time and sends each request when it
/// is due, whether or not earlier ones have been answered. It knows nothing of the engine, so it measures
/// any server.
@NullMarked
package dev.pigou.bench.load;

import org.jspecify.annotations.NullMarked;
