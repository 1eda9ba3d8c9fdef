package dev.pigou.bench.load.client;

import dev.pigou.bench.load.workload.ClientBehaviour;
import java.util.Optional;

/**
 * A request, ready to be sent.
 *
 * @param session its index in the workload
 * @param turn in the session, from 0
 * @param tenant the sender's name
 * @param apiKey the sender's own bearer token, if it has one
 * @param body JSON. Callers must not write to it
 * @param promptTokens as they were meant
 * @param keepText whether somebody will want the text of the answer
 */
@SuppressWarnings("ArrayRecordComponent") // long, and nobody compares two of them
public record Ask(int session, int turn, String tenant, Optional<String> apiKey, byte[] body,
        int promptTokens, ClientBehaviour behaviour, boolean keepText) {}
