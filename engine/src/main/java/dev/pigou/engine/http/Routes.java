package dev.pigou.engine.http;

import dev.pigou.engine.openai.ApiError;
import dev.pigou.engine.openai.OpenAiApi;
import dev.pigou.engine.ops.ServerMetrics;
import dev.pigou.engine.ops.Version;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Every path there is. */
final class Routes {
    private final List<Route> routes;

    /**
     * @param trouble why the engine cannot answer any more, if it cannot
     * @param draining whether the server takes no new work
     */
    Routes(OpenAiApi api, ServerMetrics metrics, Supplier<Optional<String>> trouble,
            BooleanSupplier draining) {
        routes = List.of(
                Route.post("/v1/chat/completions",
                        (call, out) -> api.chatCompletions(call.caller(), call.body(), out)),
                Route.post("/v1/completions",
                        (call, out) -> api.completions(call.caller(), call.body(), out)),
                Route.get("/v1/models", true, (call, out) -> api.models(out)),
                Route.get("/v1/models/", true, (call, out) -> api.model(call.argument(), out)),
                Route.get("/v1/prices", true, (call, out) -> api.prices(out)),
                Route.get("/v1/prices/stream", true, (call, out) -> priceStream(api, call, out)),
                Route.post("/v1/quotes", (call, out) -> api.quotes(call.caller(), call.body(), out)),
                Route.post("/tokenize", (call, out) -> api.tokenize(call.body(), out)),
                Route.post("/detokenize", (call, out) -> api.detokenize(call.body(), out)),
                Route.get("/health", false, (call, out) -> health(trouble.get(), draining.getAsBoolean(), out)),
                Route.get("/ping", false, (call, out) -> health(trouble.get(), draining.getAsBoolean(), out)),
                Route.get("/version", false, (call, out) -> version(out)), Route.get("/metrics", false,
                        (call, out) -> out.respond(200, ServerMetrics.CONTENT_TYPE, metrics.scrape())));
    }

    /** The route for a path, whatever its method: no path has two. */
    Optional<Route> find(String path) {
        return routes.stream().filter(route -> route.matches(path)).findFirst();
    }

    /** HEAD is GET whose body nobody sends. */
    static boolean accepts(Route route, HttpMethod method) {
        return route.method().equals(method)
                || (method.equals(HttpMethod.HEAD) && route.method().equals(HttpMethod.GET));
    }

    private static void health(Optional<String> trouble, boolean draining, NettyResponse out) {
        if (trouble.isPresent()) {
            out.error(ApiError.unhealthy("engine_dead", "The engine is dead: " + trouble.get()));
        } else if (draining) {
            out.error(ApiError.unhealthy("shutting_down", "The server is shutting down."));
        } else {
            out.respond(200, "text/plain; charset=utf-8", new byte[0]);
        }
    }

    private static void priceStream(OpenAiApi api, Call call, NettyResponse out) {
        if (call.headOnly()) {
            out.begin();
            out.end();
        } else {
            api.priceStream(out);
        }
    }

    private static void version(NettyResponse out) {
        byte[] json = ("{\"version\":\"" + Version.current() + "\"}").getBytes(StandardCharsets.UTF_8);
        out.respond(200, "application/json", json);
    }
}
