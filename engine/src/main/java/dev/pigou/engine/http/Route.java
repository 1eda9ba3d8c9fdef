package dev.pigou.engine.http;

import io.netty.handler.codec.http.HttpMethod;

/**
 * A path and what is done there.
 *
 * @param path the whole path, or all that comes before the argument if it ends with a slash
 * @param guarded whether callers need the API key
 */
record Route(HttpMethod method, String path, boolean guarded, Endpoint endpoint) {
    static Route get(String path, boolean guarded, Endpoint endpoint) {
        return new Route(HttpMethod.GET, path, guarded, endpoint);
    }

    /** Takes a JSON body. */
    static Route post(String path, Endpoint endpoint) {
        return new Route(HttpMethod.POST, path, true, endpoint);
    }

    boolean takesBody() { return method.equals(HttpMethod.POST); }

    boolean matches(String actual) {
        return path.endsWith("/")
                ? actual.startsWith(path) && actual.length() > path.length()
                : actual.equals(path);
    }

    String argument(String actual) { return actual.substring(path.length()); }

    /** As clients write it in {@code Allow}: whoever may GET may ask for the headers alone. */
    String allow() {
        return takesBody() ? "POST, OPTIONS" : "GET, HEAD, OPTIONS";
    }
}
