package dev.pigou.bench.trace;

import java.math.BigDecimal;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON lines of Mooncake's public traces: {@code timestamp} in milliseconds, {@code input_length},
 * {@code output_length}, and in {@code hash_ids} one number for each block of {@value #BLOCK_TOKENS} prompt tokens. A number
 * stands for the block and all blocks before it. Timestamps tick every 3 s or so; see {@link Trace#spread}.
 */
final class MooncakeFormat implements TraceFormat {
    private static final int BLOCK_TOKENS = 512;

    private final JsonMapper mapper = new JsonMapper();

    @Override
    public boolean headed() { return false; }

    @Override
    public int blockTokens() { return BLOCK_TOKENS; }

    @Override
    public TraceRow row(String line) {
        JsonNode request = parse(line);
        int inputTokens = tokens(request, "input_length");
        return new TraceRow(seconds(request), "", TraceFormat.atLeastOne(inputTokens),
                TraceFormat.atLeastOne(tokens(request, "output_length")), hashes(request, inputTokens));
    }

    private JsonNode parse(String line) {
        try {
            JsonNode request = mapper.readTree(line);
            if (request.isObject()) {
                return request;
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("is not valid JSON (" + BrokenFileException.reason(e)
                    + "); complete the line or remove it", e);
        }
        throw new IllegalArgumentException("must be a JSON object, as the other lines are");
    }

    private static double seconds(JsonNode request) {
        JsonNode timestamp = request.path("timestamp");
        if (!timestamp.isNumber()) {
            throw wrong("timestamp", timestamp, "a number of milliseconds");
        }
        // divided in decimal, so that 3000 ms are 3 s and not a hair less
        return timestamp.decimalValue().divide(BigDecimal.valueOf(1000)).doubleValue();
    }

    private static int tokens(JsonNode request, String field) {
        JsonNode tokens = request.path(field);
        if (!tokens.isIntegralNumber() || !tokens.canConvertToInt() || tokens.intValue() < 0) {
            throw wrong(field, tokens, "a whole number, at least 0");
        }
        return tokens.intValue();
    }

    /** The last block may be a part of one, and a writer that hashes whole blocks only leaves it out. */
    private static int[] hashes(JsonNode request, int inputTokens) {
        JsonNode list = request.path("hash_ids");
        int wholeBlocks = inputTokens / BLOCK_TOKENS;
        int blocks = Math.ceilDiv(inputTokens, BLOCK_TOKENS);
        if (!list.isEmpty() && (list.size() < wholeBlocks || list.size() > blocks)) {
            throw new IllegalArgumentException("has " + list.size() + " hash_ids, but an input_length of "
                    + inputTokens + " is " + blocks + " blocks of " + BLOCK_TOKENS
                    + " tokens; correct either, or leave hash_ids out");
        }
        int[] hashes = new int[list.size()];
        for (int i = 0; i < hashes.length; i++) {
            JsonNode hash = list.path(i);
            if (!hash.isIntegralNumber() || !hash.canConvertToInt()) {
                throw wrong("hash_ids", hash, "whole numbers below " + Integer.MAX_VALUE);
            }
            hashes[i] = hash.intValue();
        }
        return hashes;
    }

    private static IllegalArgumentException wrong(String field, JsonNode found, String wanted) {
        String what = found.isMissingNode() ? " is missing" : " is " + found;
        return new IllegalArgumentException(field + what + ", but must be " + wanted);
    }
}
