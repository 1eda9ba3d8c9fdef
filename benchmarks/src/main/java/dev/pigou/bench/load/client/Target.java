package dev.pigou.bench.load.client;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A server to measure, and what every request to it says.
 *
 * @param label its name in reports
 * @param endpoint path that requests go to
 * @param model asked for; if empty, the first that the server names
 * @param apiKey bearer token of tenants that have none of their own
 * @param headers further ones of each request
 * @param ignoreEos sent as {@code ignore_eos}; if empty it is not sent
 * @param temperature if empty it is the server's own
 * @param extraBody further fields of each request; they take the place of fields with the same name
 * @param timeLimit a request that has not been answered wholly when it has passed, counted from its sending, has failed
 */
public record Target(String label, BaseUrl baseUrl, Api api, String endpoint, Optional<String> model,
        Optional<String> apiKey, Map<String, String> headers, Optional<Boolean> ignoreEos,
        OptionalDouble temperature, Map<String, Object> extraBody, Duration timeLimit) {
    public static final Duration DEFAULT_TIME_LIMIT = Duration.ofMinutes(10);

    public Target {
        headers = Map.copyOf(headers);
        extraBody = Map.copyOf(extraBody);
        if (!endpoint.startsWith("/")) {
            throw new IllegalArgumentException(
                    "an endpoint is a path such as " + api.path() + ", but is '" + endpoint + "'");
        }
        if (timeLimit.toMillis() < 1) {
            throw new IllegalArgumentException("a request's time limit must be above 0, but is " + timeLimit);
        }
    }

    /** A server with its usual endpoint and nothing special about it, known in reports by its address. */
    public static Target of(String baseUrl, Api api) {
        BaseUrl url = BaseUrl.of(baseUrl);
        return new Target(url.authority(), url, api, api.path(), Optional.empty(), Optional.empty(), Map.of(),
                Optional.of(true), OptionalDouble.empty(), Map.of(), DEFAULT_TIME_LIMIT);
    }

    public Target withLabel(String other) {
        return new Target(other, baseUrl, api, endpoint, model, apiKey, headers, ignoreEos, temperature,
                extraBody, timeLimit);
    }

    public Target withModel(String name) {
        return new Target(label, baseUrl, api, endpoint, Optional.of(name), apiKey, headers, ignoreEos,
                temperature, extraBody, timeLimit);
    }

    public Target withTimeLimit(Duration limit) {
        return new Target(label, baseUrl, api, endpoint, model, apiKey, headers, ignoreEos, temperature,
                extraBody, limit);
    }
}
