package dev.pigou.bench.load.workload;

/** What a client does with the answer. */
public sealed interface ClientBehaviour {
    /** Reads everything as it comes. */
    record Patient() implements ClientBehaviour {}

    /** Closes the connection once it has seen so many tokens (chunks with text); 0 closes it before the first. */
    record Disconnects(int afterTokens) implements ClientBehaviour {}

    /** Takes so many bytes a second off the socket and no more. */
    record ReadsSlowly(int bytesPerSecond) implements ClientBehaviour {}

    /** Closes the connection if no token has come so many milliseconds after the request was due. */
    record LosesPatience(long afterMillis) implements ClientBehaviour {}

    ClientBehaviour PATIENT = new Patient();
}
