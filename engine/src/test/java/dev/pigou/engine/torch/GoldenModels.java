package dev.pigou.engine.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The golden models among the test resources, with what a float64 reference makes of them: greedy continuations (end of
 * sequence ignored) and the likeliest first tokens.
 */
final class GoldenModels {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private GoldenModels() {}

    record Likely(int id, double logit, double logprob) {}

    /**
     * @param ids greedy continuation
     * @param margins logit of the best minus that of the second, by step
     * @param top the likeliest tokens, for the first step
     */
    @SuppressWarnings("ArrayRecordComponent") // read from a file, never compared
    record Case(int[] prompt, int[] ids, double[] margins, List<List<Likely>> top) {
        List<Likely> likelyFirst() { return top.getFirst(); }
    }

    static List<String> names() {
        try (Stream<Path> folders = Files.list(TestEngine.GOLDEN)) {
            return folders.filter(folder -> Files.exists(folder.resolve("golden.json")))
                    .map(folder -> folder.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static List<Case> cases(String model) {
        return List.of(JSON.readValue(TestEngine.GOLDEN.resolve(model).resolve("golden.json"), Case[].class));
    }
}
