package dev.pigou.engine.openai;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a body asks for, as a SHA-256 hash of each top-level field: enough to tell whether another asks for the same, and if
 * not, where. Left out is what changes neither the work nor the bid: how the answer is sent, and the quote that is named.
 */
record BodyPrint(Map<String, ByteBuffer> fields) {
    private static final Set<String> OF_NO_CONSEQUENCE = Set.of("stream", "stream_options", "user", "store",
            "metadata", "safety_identifier", "prompt_cache_key");

    static BodyPrint of(ObjectNode body) {
        Map<String, ByteBuffer> fields = new HashMap<>();
        body.properties().forEach(field -> {
            JsonNode node = field.getKey().equals(Offer.OBJECT) ? bid(field.getValue()) : field.getValue();
            if (!OF_NO_CONSEQUENCE.contains(field.getKey()) && !node.isNull()
                    && !(node.isObject() && node.isEmpty())) {
                fields.put(field.getKey(), hash(node));
            }
        });
        return new BodyPrint(Map.copyOf(fields));
    }

    private static JsonNode bid(JsonNode bid) {
        return bid instanceof ObjectNode object ? object.deepCopy().without(Offer.QUOTE) : bid;
    }

    private static ByteBuffer hash(JsonNode node) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(Json.write(node)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }

    /** The first field, by name, that is not the same in both. */
    Optional<String> differenceTo(BodyPrint other) {
        Set<String> names = new TreeSet<>(fields.keySet());
        names.addAll(other.fields.keySet());
        return names.stream().filter(name -> !same(fields.get(name), other.fields.get(name))).findFirst();
    }

    private static boolean same(@Nullable ByteBuffer one, @Nullable ByteBuffer other) {
        return one != null && one.equals(other);
    }
}
