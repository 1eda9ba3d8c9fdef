package dev.pigou.bench.load;

import dev.pigou.bench.load.client.RunClock;
import dev.pigou.bench.load.client.ServerQuestions;
import dev.pigou.bench.load.result.PriceSample;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks for {@code /v1/prices} again and again, unless the first answer shows that the server has none. The numbers below
 * {@code prices} are prices, or all numbers of an answer without that field; those in objects or lists are named by the
 * way to them, with dots. Safe for use by many threads.
 */
final class PricePoll {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String PATH = "/v1/prices";

    private final ServerQuestions questions;
    private final RunClock clock;
    private final List<PriceSample> samples = new ArrayList<>();
    private boolean asking;
    private boolean none;

    PricePoll(ServerQuestions questions, RunClock clock) {
        this.questions = questions;
        this.clock = clock;
    }

    /** Asks, unless the last question has not been answered yet. Returns at once. */
    @SuppressWarnings("FutureReturnValueIgnored") // it cannot fail
    synchronized void poll() {
        if (!asking && !none) {
            asking = true;
            questions.ask(PATH).handle((response, _) -> {
                answered(response);
                return response;
            });
        }
    }

    private synchronized void answered(@Nullable HttpResponse<byte[]> response) {
        asking = false;
        Map<String, Double> prices = response == null || response.statusCode() != 200
                ? Map.of()
                : prices(response.body());
        if (!prices.isEmpty()) {
            samples.add(new PriceSample(clock.now(), prices));
        } else if (samples.isEmpty()) {
            none = true;
        }
    }

    synchronized List<PriceSample> samples() { return List.copyOf(samples); }

    /** The numbers of a JSON text by name; none if it is not JSON. */
    static Map<String, Double> prices(byte[] json) {
        Map<String, Double> prices = new HashMap<>();
        try {
            JsonNode answer = JSON.readTree(json);
            collect("", answer.path("prices").isObject() ? answer.path("prices") : answer, prices);
        } catch (JacksonException _) {
            // then it names no price
        }
        return prices;
    }

    private static void collect(String name, JsonNode node, Map<String, Double> prices) {
        String prefix = name.isEmpty() ? "" : name + ".";
        if (node.isNumber()) {
            prices.put(name, node.doubleValue());
        } else if (node.isObject()) {
            node.properties().forEach(field -> collect(prefix + field.getKey(), field.getValue(), prices));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(prefix + i, node.get(i), prices);
            }
        }
    }
}
