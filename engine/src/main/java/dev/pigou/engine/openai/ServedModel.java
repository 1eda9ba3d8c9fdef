package dev.pigou.engine.openai;

import dev.pigou.engine.EngineLimits;
import dev.pigou.engine.text.ChatTemplate;
import dev.pigou.engine.text.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The model behind the API.
 *
 * @param names what clients may call it, at least one; answers to requests that name none carry the first
 * @param created when it was loaded, in seconds since 1970
 * @param eosTokens the ids that end an answer by themselves; their text is never part of it
 */
public record ServedModel(List<String> names, long created, EngineLimits limits, Tokenizer tokenizer,
        Optional<ChatTemplate> template, SamplingDefaults defaults, Set<Integer> eosTokens) {
    public ServedModel {
        names = List.copyOf(names);
        eosTokens = Set.copyOf(eosTokens);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a served model needs a name");
        }
    }

    String name() { return names.getFirst(); }
}
