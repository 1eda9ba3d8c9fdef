package dev.pigou.bench.load.client;

import java.net.URI;
import java.util.Optional;

/**
 * Where a server is. Written with or without the {@code /v1} that OpenAI's own clients want at its end.
 *
 * @param prefix what stands before {@code /v1} in every path; empty for most servers
 */
public record BaseUrl(String host, int port, String prefix) {
    private static final int HTTP_PORT = 80;
    private static final String VERSION = "/v1";

    /**
     * Reads an address as people write it.
     *
     * @throws IllegalArgumentException if it is no http address; the message says how to write one
     */
    public static BaseUrl of(String text) {
        if (text.startsWith("https:")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is an https address, and the harness speaks only "
                            + "http; put a proxy that speaks TLS in front of the server's address");
        }
        URI uri = parse(text).filter(parsed -> "http".equals(parsed.getScheme()) && parsed.getHost() != null
                && parsed.getUserInfo() == null && parsed.getQuery() == null && parsed.getFragment() == null)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + text + "' is no address of a server; write it as http://127.0.0.1:8000"));
        String path = uri.getRawPath().replaceFirst("/+$", "");
        return new BaseUrl(uri.getHost(), uri.getPort() < 0 ? HTTP_PORT : uri.getPort(),
                path.endsWith(VERSION) ? path.substring(0, path.length() - VERSION.length()) : path);
    }

    private static Optional<URI> parse(String text) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** What stands in the request's first line for a path such as {@code /v1/models}. */
    String path(String endpoint) {
        return prefix + endpoint;
    }

    URI resolve(String endpoint) { return URI.create(this + endpoint); }

    String authority() { return host + ":" + port; }

    @Override
    public String toString() { return "http://" + authority() + prefix; }
}
