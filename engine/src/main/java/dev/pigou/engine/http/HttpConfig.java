package dev.pigou.engine.http;

import java.time.Duration;
import java.util.Optional;

/**
 * Where the server listens and what it puts up with.
 *
 * @param port 0 takes any free one
 * @param apiKey if present, what clients must send as {@code Authorization: Bearer}
 * @param maxBodyBytes longer bodies are refused with 413
 * @param maxHeaderBytes longer headers are refused with 431
 * @param maxConnections further clients are cut off
 * @param headerTimeout most time from a request's first byte to the end of its headers, else 408
 * @param bodyTimeout most time from there to the end of its body, else 408
 * @param keepAliveTimeout how long a connection may stay open between requests
 * @param stallTimeout how long a client may take nothing of what is sent to it before it counts as gone
 * @param ioThreads event loops; 0 lets Netty choose
 */
public record HttpConfig(String host, int port, Optional<String> apiKey, int maxBodyBytes, int maxHeaderBytes,
        int maxConnections, Duration headerTimeout, Duration bodyTimeout, Duration keepAliveTimeout,
        Duration stallTimeout, int ioThreads) {

    /** Limits that suit most, on the address given. */
    public static HttpConfig listeningOn(String host, int port) {
        return new HttpConfig(host, port, Optional.empty(), 16 << 20, 16 << 10, 4096, Duration.ofSeconds(10),
                Duration.ofSeconds(60), Duration.ofSeconds(75), Duration.ofSeconds(30), 0);
    }

    public HttpConfig withApiKey(String key) {
        return new HttpConfig(host, port, Optional.of(key), maxBodyBytes, maxHeaderBytes, maxConnections,
                headerTimeout,
                bodyTimeout, keepAliveTimeout, stallTimeout, ioThreads);
    }

    public HttpConfig withMaxBodyBytes(int bytes) {
        return new HttpConfig(host, port, apiKey, bytes, maxHeaderBytes, maxConnections, headerTimeout,
                bodyTimeout,
                keepAliveTimeout, stallTimeout, ioThreads);
    }

    public HttpConfig withMaxConnections(int count) {
        return new HttpConfig(host, port, apiKey, maxBodyBytes, maxHeaderBytes, count, headerTimeout,
                bodyTimeout,
                keepAliveTimeout, stallTimeout, ioThreads);
    }

    /** Deadlines, in the order of the record. */
    public HttpConfig withTimeouts(Duration headers, Duration body, Duration keepAlive, Duration stall) {
        return new HttpConfig(host, port, apiKey, maxBodyBytes, maxHeaderBytes, maxConnections, headers, body,
                keepAlive,
                stall, ioThreads);
    }
}
