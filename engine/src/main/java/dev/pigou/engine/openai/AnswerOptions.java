package dev.pigou.engine.openai;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a request asks of its answer beyond how tokens are sampled: the part that both kinds of request share.
 *
 * @param choices how many independent answers to each prompt
 * @param stop texts that end an answer
 * @param includeStop whether what ended an answer is part of it
 * @param stopTokens token ids that end an answer
 * @param ignoreEos whether an answer goes on after the model's end-of-sequence token
 * @param logprobs whether tokens come with their log-probabilities
 * @param includeUsage whether a stream ends with a usage chunk
 * @param continuousUsage whether every chunk of a stream carries the usage so far
 * @param cache what it asks of cached prefixes
 */
record AnswerOptions(int choices, List<String> stop, boolean includeStop, Set<Integer> stopTokens,
        boolean ignoreEos, boolean skipSpecialTokens, boolean logprobs, boolean stream, boolean includeUsage,
        boolean continuousUsage, boolean returnTokenIds, CacheFields cache) {
    /** As many as OpenAI allows. */
    private static final int MAX_CHOICES = 128;
    private static final int MAX_STOPS = 16;
    private static final int MAX_STOP_CHARS = 1000;

    static AnswerOptions read(Fields fields, ServedModel model, boolean logprobs) {
        boolean stream = fields.flag("stream", false);
        Optional<Fields> streamOptions = fields.object("stream_options");
        if (streamOptions.isPresent() && !stream) {
            throw ApiException.invalid("stream_options",
                    "'stream_options' is only allowed when 'stream' is true.");
        }
        boolean usage = streamOptions.map(options -> options.flag("include_usage", false)).orElse(false);
        boolean continuous = streamOptions.map(options -> options.flag("continuous_usage_stats", false))
                .orElse(false);
        return new AnswerOptions(fields.integer("n", 1, MAX_CHOICES).orElse(1), stops(fields),
                fields.flag("include_stop_str_in_output", false), stopTokens(fields, model),
                fields.flag("ignore_eos", false), fields.flag("skip_special_tokens", true), logprobs, stream,
                usage, usage && continuous, fields.flag("return_token_ids", false), CacheFields.read(fields));
    }

    /** The text of a token that ends the answer by itself is not part of the answer. */
    boolean ends(int token, ServedModel model) {
        return stopTokens.contains(token) || (!ignoreEos && model.eosTokens().contains(token));
    }

    private static List<String> stops(Fields fields) {
        Optional<JsonNode> value = fields.value("stop");
        if (value.isEmpty()) {
            return List.of();
        }
        JsonNode node = value.get();
        if (!node.isString() && !node.isArray()) {
            throw Fields.wrongType("stop", "a string or a list of strings", node);
        }
        List<String> stops = node.isString()
                ? List.of(node.stringValue())
                : Fields.strings(new ArrayList<>(node.values()), "stop");
        if (stops.size() > MAX_STOPS) {
            throw ApiException.invalid("stop",
                    "'stop' holds " + stops.size() + " strings; at most " + MAX_STOPS + " are allowed.");
        }
        for (String stop : stops) {
            if (stop.isEmpty() || stop.length() > MAX_STOP_CHARS) {
                throw ApiException.invalid("stop",
                        "A 'stop' string must have between 1 and " + MAX_STOP_CHARS + " characters.");
            }
        }
        return stops;
    }

    private static Set<Integer> stopTokens(Fields fields, ServedModel model) {
        Set<Integer> tokens = new HashSet<>();
        for (int token : fields.tokens("stop_token_ids", model.limits().vocabSize())) {
            tokens.add(token);
        }
        return tokens;
    }
}
