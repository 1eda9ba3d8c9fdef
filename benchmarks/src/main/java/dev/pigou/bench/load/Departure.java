package dev.pigou.bench.load;

import dev.pigou.bench.load.client.Ask;

/**
 * A request that is ready to go.
 *
 * @param dueNanos since the run began
 */
record Departure(Conversing session, Ask ask, long dueNanos) {
    boolean opensSession() { return ask.turn() == 0; }
}
