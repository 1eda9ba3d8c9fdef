package dev.pigou.bench.load.workload;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * All that a run sends.
 *
 * @param sessions in order of arrival
 * @param concurrency if present the loop is closed: so many sessions at a time, each next one when one ends, whatever
 *     their arrival times. If absent it is open: every session is sent when it is due
 * @param settings what it was drawn from, for reports: names of flags without their dashes, and values
 */
public record Workload(List<Session> sessions, OptionalInt concurrency, Map<String, Object> settings) {
    public Workload {
        sessions = List.copyOf(sessions);
        settings = Map.copyOf(settings);
    }

    /** Requests in all. */
    public int requests() {
        return sessions.stream().mapToInt(session -> session.turns().size()).sum();
    }
}
