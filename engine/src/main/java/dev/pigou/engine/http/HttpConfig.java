package dev.pigou.engine.http;

import dev.pigou.engine.tenant.ApiKeys;
import java.time.Duration;

/**
 * Where the server listens and what it puts up with.
 *
 * @param port 0 takes any free one
 * @param keys what clients must send as {@code Authorization: Bearer}
 * @param maxBodyBytes longer bodies are refused with 413
 * @param maxHeaderBytes longer headers are refused with 431
 * @param maxPendingBodyBytes most bytes of all bodies that are being received or wait to be read; requests beyond them
 *     are refused with 503
 * @param maxConnections further clients are cut off
 * @param headerTimeout most time from a request's first byte to the end of its headers, else 408
 * @param bodyTimeout most time from there to the end of its body, else 408
 * @param keepAliveTimeout how long a connection may stay open between requests
 * @param stallTimeout how long a client may take nothing of what is sent to it before it counts as gone
 * @param ioThreads event loops; 0 lets Netty choose
 */
public record HttpConfig(String host, int port, ApiKeys keys, int maxBodyBytes, int maxHeaderBytes,
        long maxPendingBodyBytes, int maxConnections, Duration headerTimeout, Duration bodyTimeout,
        Duration keepAliveTimeout, Duration stallTimeout, int ioThreads) {
    /** A quarter of the heap, for a body is held twice for a moment, and read as text after that. */
    public static final long DEFAULT_MAX_PENDING_BODY_BYTES = Runtime.getRuntime().maxMemory() / 4;

    /** Limits that suit most, on the address given. */
    public static HttpConfig listeningOn(String host, int port) {
        return new HttpConfig(host, port, ApiKeys.NONE, 16 << 20, 16 << 10, DEFAULT_MAX_PENDING_BODY_BYTES,
                4096, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(75),
                Duration.ofSeconds(30), 0);
    }

    public HttpConfig withKeys(ApiKeys accepted) {
        return new HttpConfig(host, port, accepted, maxBodyBytes, maxHeaderBytes, maxPendingBodyBytes,
                maxConnections, headerTimeout, bodyTimeout, keepAliveTimeout, stallTimeout, ioThreads);
    }

    public HttpConfig withMaxBodyBytes(int bytes) {
        return new HttpConfig(host, port, keys, bytes, maxHeaderBytes, maxPendingBodyBytes, maxConnections,
                headerTimeout, bodyTimeout, keepAliveTimeout, stallTimeout, ioThreads);
    }

    public HttpConfig withMaxPendingBodyBytes(long bytes) {
        return new HttpConfig(host, port, keys, maxBodyBytes, maxHeaderBytes, bytes, maxConnections,
                headerTimeout, bodyTimeout, keepAliveTimeout, stallTimeout, ioThreads);
    }

    public HttpConfig withMaxConnections(int count) {
        return new HttpConfig(host, port, keys, maxBodyBytes, maxHeaderBytes, maxPendingBodyBytes, count,
                headerTimeout, bodyTimeout, keepAliveTimeout, stallTimeout, ioThreads);
    }

    /** Deadlines, in the order of the record. */
    public HttpConfig withTimeouts(Duration headers, Duration body, Duration keepAlive, Duration stall) {
        return new HttpConfig(host, port, keys, maxBodyBytes, maxHeaderBytes, maxPendingBodyBytes,
                maxConnections, headers, body, keepAlive, stall, ioThreads);
    }
}
