package dev.pigou.bench.load.workload;

import java.util.List;

/**
 * One conversation: a request that arrives by itself, and others that follow its answers. Most have one turn.
 *
 * @param index its place in the workload, from 0
 * @param arrivalSeconds when the first turn is due, since the run began. Without meaning in a closed loop
 * @param turns at least one
 */
public record Session(int index, double arrivalSeconds, Tenant tenant, List<Turn> turns) {
    public Session {
        turns = List.copyOf(turns);
    }
}
