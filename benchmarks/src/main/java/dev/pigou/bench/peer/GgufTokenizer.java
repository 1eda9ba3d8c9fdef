package dev.pigou.bench.peer;

import dev.pigou.engine.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A byte-level BPE of Hugging Face's format, and the chat template, in the words of GGUF's metadata. */
final class GgufTokenizer {
    private static final JsonMapper JSON = new JsonMapper();
    /** Kinds of tokens by GGUF's numbers. */
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    /** How llama.cpp calls the ways to split text before the BPE, by their regular expressions. */
    private static final Map<String, String> SPLITS = Map.of(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "qwen2",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "llama-bpe");

    private final Path folder;
    private final JsonNode tokenizer;
    private final ModelConfig config;
    private final boolean printableBytes;

    private GgufTokenizer(Path folder, ModelConfig config, boolean printableBytes) throws IOException {
        this.folder = folder;
        this.config = config;
        this.printableBytes = printableBytes;
        this.tokenizer = read("tokenizer.json")
                .orElseThrow(() -> new IllegalArgumentException(folder + " has no tokenizer.json"));
    }

    /** @param printableBytes as {@link GgufModel#write} says */
    static Map<String, GgufValue> metadata(Path folder, ModelConfig config, boolean printableBytes)
            throws IOException {
        return new GgufTokenizer(folder, config, printableBytes).metadata();
    }

    private Map<String, GgufValue> metadata() throws IOException {
        JsonNode model = tokenizer.path("model");
        if (!model.path("type").asString("").equals("BPE") || model.path("byte_fallback").asBoolean(false)) {
            throw new IllegalArgumentException(folder.resolve("tokenizer.json")
                    + " is no byte-level BPE, and this command writes no other tokenizer");
        }
        Map<String, GgufValue> metadata = new LinkedHashMap<>();
        metadata.put("tokenizer.ggml.model", new GgufValue.Text("gpt2"));
        metadata.put("tokenizer.ggml.pre", new GgufValue.Text(split()));
        putTokens(model, metadata);
        metadata.put("tokenizer.ggml.merges", GgufValue.Array.texts(merges(model.path("merges"))));
        if (!config.eosTokenIds().isEmpty()) {
            metadata.put("tokenizer.ggml.eos_token_id",
                    new GgufValue.Unsigned(config.eosTokenIds().getFirst()));
        }
        config.bosTokenId()
                .ifPresent(id -> metadata.put("tokenizer.ggml.bos_token_id", new GgufValue.Unsigned(id)));
        Optional<JsonNode> settings = read("tokenizer_config.json");
        metadata.put("tokenizer.ggml.add_bos_token", new GgufValue.Flag(
                settings.map(node -> node.path("add_bos_token").asBoolean(false)).orElse(false)));
        chatTemplate(settings)
                .ifPresent(text -> metadata.put("tokenizer.chat_template", new GgufValue.Text(text)));
        return metadata;
    }

    private String split() {
        JsonNode steps = tokenizer.path("pre_tokenizer").path("pretokenizers");
        for (JsonNode step : steps) {
            String regex = step.path("pattern").path("Regex").asString("");
            if (SPLITS.containsKey(regex)) {
                return SPLITS.get(regex);
            }
        }
        throw new IllegalArgumentException(folder.resolve("tokenizer.json")
                + " splits text in a way that this command has no name for (known: Qwen 2's and Llama 3's)");
    }

    /** Every id has a token: those that the tokenizer lacks are there to fill the embedding. */
    private void putTokens(JsonNode model, Map<String, GgufValue> metadata) {
        List<String> tokens = new ArrayList<>(
                IntStream.range(0, config.vocabSize()).mapToObj(id -> "[PAD" + id + "]").toList());
        List<Integer> kinds = new ArrayList<>(Collections.nCopies(config.vocabSize(), UNUSED));
        for (Map.Entry<String, JsonNode> plain : model.path("vocab").properties()) {
            int id = checked(plain.getValue().asInt(-1), plain.getKey());
            tokens.set(id, printableBytes ? printable(plain.getKey()) : plain.getKey());
            kinds.set(id, NORMAL);
        }
        for (JsonNode added : tokenizer.path("added_tokens")) {
            String token = added.path("content").asString("");
            int id = checked(added.path("id").asInt(-1), token);
            tokens.set(id, token);
            kinds.set(id, added.path("special").asBoolean(false) ? CONTROL : USER_DEFINED);
        }
        metadata.put("tokenizer.ggml.tokens", GgufValue.Array.texts(tokens));
        metadata.put("tokenizer.ggml.token_type", GgufValue.Array.integers(kinds));
    }

    /** Where GPT-2's alphabet has bytes from 0x80 up: themselves if visible in Latin-1, else moved to U+0122 and up. */
    private static String printable(String token) {
        char symbol = token.isEmpty() ? 0 : token.charAt(0);
        boolean high = (symbol > 0xA0 && symbol <= 0xFF) || (symbol > 0x121 && symbol <= 0x143);
        return token.length() == 1 && high ? "<|byte_" + (int) symbol + "|>" : token;
    }

    private int checked(int id, String token) {
        if (id < 0 || id >= config.vocabSize()) {
            throw new IllegalArgumentException(folder.resolve("tokenizer.json") + " gives the token '" + token
                    + "' the id " + id + ", but vocab_size is " + config.vocabSize());
        }
        return id;
    }

    /** Written as {@code "a b"} or, in newer files, as {@code ["a", "b"]}. */
    private static List<String> merges(JsonNode merges) {
        List<String> lines = new ArrayList<>();
        for (JsonNode merge : merges) {
            lines.add(merge.isArray()
                    ? merge.path(0).asString("") + " " + merge.path(1).asString("")
                    : merge.asString(""));
        }
        return lines;
    }

    private Optional<String> chatTemplate(Optional<JsonNode> settings) throws IOException {
        Path file = folder.resolve("chat_template.jinja");
        if (Files.exists(file)) {
            return Optional.of(Files.readString(file));
        }
        return settings.map(node -> node.path("chat_template")).filter(JsonNode::isString)
                .map(JsonNode::asString);
    }

    private Optional<JsonNode> read(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readTree(Files.readAllBytes(file)));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }
}
