package dev.pigou.bench.load.client;

import dev.pigou.bench.load.workload.Bid;
import dev.pigou.bench.load.workload.Prompt;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** Writes the JSON of requests to one target, whose model must be known. Safe for use by many threads. */
public final class RequestBody {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ROLE = "role";
    private static final String CONTENT = "content";

    private final Target target;

    public RequestBody(Target target) { this.target = target; }

    /**
     * One request.
     *
     * @param conversation what was said so far, ending with what is asked now
     * @param maxTokens of the answer
     */
    public byte[] write(Conversation conversation, int maxTokens, Bid bid) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            field(json, "model", target.model().orElseThrow());
            switch (target.api()) {
                case COMPLETIONS -> prompt(json, conversation.prompt());
                case CHAT -> messages(json, conversation);
            }
            field(json, "max_tokens", maxTokens);
            field(json, "stream", true);
            field(json, "stream_options", Map.of("include_usage", true));
            target.ignoreEos().ifPresent(ignore -> field(json, "ignore_eos", ignore));
            target.temperature().ifPresent(temperature -> field(json, "temperature", temperature));
            bid.serviceTier().ifPresent(tier -> field(json, "service_tier", tier));
            bid(json, bid);
            target.extraBody().forEach(json::writePOJOProperty);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private void field(JsonGenerator json, String name, Object value) {
        if (!target.extraBody().containsKey(name)) {
            json.writePOJOProperty(name, value);
        }
    }

    private static void prompt(JsonGenerator json, Prompt prompt) {
        json.writeName("prompt");
        switch (prompt) {
            case Prompt.TokenIds(int[] ids) -> json.writeArray(ids, 0, ids.length);
            case Prompt.Text(String text, int _) -> json.writeString(text);
        }
    }

    private static void messages(JsonGenerator json, Conversation conversation) {
        json.writeArrayPropertyStart("messages");
        for (Conversation.Message message : conversation.messages()) {
            json.writeStartObject();
            json.writeStringProperty(ROLE, message.role());
            json.writeStringProperty(CONTENT, message.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void bid(JsonGenerator json, Bid bid) {
        boolean any = Stream.of(bid.value(), bid.latencyPrice(), bid.maxPrice())
                .anyMatch(price -> price.isPresent()) || bid.deadlineMs().isPresent();
        if (!any || target.extraBody().containsKey("pigou")) {
            return;
        }
        json.writeObjectPropertyStart("pigou");
        bid.value().ifPresent(value -> json.writeNumberProperty("value", value));
        bid.latencyPrice().ifPresent(price -> json.writeNumberProperty("latency_price", price));
        bid.maxPrice().ifPresent(price -> json.writeNumberProperty("max_price", price));
        bid.deadlineMs().ifPresent(millis -> json.writeNumberProperty("deadline_ms", millis));
        json.writeEndObject();
    }
}
