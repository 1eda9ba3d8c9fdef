package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes {@code tokenizer.json}, {@code tokenizer_config.json} and {@code special_tokens_map.json} of a
 * byte-level BPE.
 *
 * @param bosToken written as the beginning-of-text token but never added by the tokenizer itself
 * @param eosToken ends an answer
 * @param padToken fills what is not text
 * @param modelMaxLength most tokens the model takes
 */
public record TokenizerWriter(ByteLevelVocabulary vocabulary, String chatTemplate, Optional<String> bosToken,
        String eosToken, String padToken, int modelMaxLength) {

    /** Splits text as Qwen2 does before BPE: contractions, words, single digits, punctuation, white space. */
    private static final String SPLIT = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    /** Writes the three files into an existing folder. */
    public void write(Path folder) throws IOException {
        JsonFile.write(folder.resolve("tokenizer.json"), tokenizer());
        JsonFile.write(folder.resolve("tokenizer_config.json"), config());
        ObjectNode specials = JsonFile.MAPPER.createObjectNode();
        putSpecials(specials);
        JsonFile.write(folder.resolve("special_tokens_map.json"), specials);
    }

    private ObjectNode tokenizer() {
        ObjectNode json = JsonFile.MAPPER.createObjectNode();
        json.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = json.putArray("added_tokens");
        for (String token : vocabulary.specialTokens()) {
            addedToken(token, added.addObject().put("id", vocabulary.specialId(token)));
        }
        json.putNull("normalizer");
        ObjectNode pre = json.putObject("pre_tokenizer").put("type", "Sequence");
        ArrayNode steps = pre.putArray("pretokenizers");
        steps.addObject().put("type", "Split").put("behavior", "Isolated").put("invert", false)
                .putObject("pattern").put("Regex", SPLIT);
        byteLevel(steps.addObject(), false);
        byteLevel(json.putObject("post_processor"), false);
        byteLevel(json.putObject("decoder"), true);
        putModel(json.putObject("model"));
        return json;
    }

    private void putModel(ObjectNode model) {
        model.put("type", "BPE").putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false)
                .put("ignore_merges", false);
        ObjectNode vocab = model.putObject("vocab");
        vocabulary.plain().forEach(vocab::put);
        ArrayNode merges = model.putArray("merges");
        vocabulary.merges().forEach(merges::add);
    }

    private ObjectNode config() {
        ObjectNode json = JsonFile.MAPPER.createObjectNode();
        json.put("tokenizer_class", "PreTrainedTokenizerFast").put("add_bos_token", false)
                .put("add_prefix_space", false).put("clean_up_tokenization_spaces", false)
                .put("model_max_length", modelMaxLength);
        putSpecials(json);
        json.putNull("unk_token").put("chat_template", chatTemplate);
        ObjectNode added = json.putObject("added_tokens_decoder");
        for (String token : vocabulary.specialTokens()) {
            addedToken(token, added.putObject(String.valueOf(vocabulary.specialId(token))));
        }
        return json;
    }

    private void putSpecials(ObjectNode json) {
        bosToken.ifPresent(token -> json.put("bos_token", token));
        json.put("eos_token", eosToken).put("pad_token", padToken);
    }

    private static void addedToken(String token, ObjectNode json) {
        json.put("content", token).put("single_word", false).put("lstrip", false).put("rstrip", false)
                .put("normalized", false).put("special", true);
    }

    private static void byteLevel(ObjectNode json, boolean useRegex) {
        json.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true)
                .put("use_regex", useRegex);
    }
}
