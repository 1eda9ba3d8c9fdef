package dev.pigou.engine.torch;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelWeights;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The text of the training program ({@code training.py} beside this class), filled in for one model. */
final class TrainingProgram {
    private TrainingProgram() {
    }

    /** @param multiplied what matrices are multiplied in; weights and the residual stream stay in float32 */
    static byte[] archive(ModelConfig config, ModelDtype multiplied) {
        String text = template();
        for (var value : values(config, multiplied).entrySet()) {
            text = text.replace("@" + value.getKey() + "@", value.getValue().toString());
        }
        return ScriptArchive.write(text, Map.of("training", true));
    }

    private static Map<String, Object> values(ModelConfig config, ModelDtype multiplied) {
        return Map.ofEntries(Map.entry("EPS", config.rmsNormEps()), Map.entry("HEAD_DIM", config.headDim()),
                Map.entry("HALF_HEAD_DIM", config.headDim() / 2), Map.entry("HEADS", config.heads()),
                Map.entry("KV_HEADS", config.kvHeads()),
                Map.entry("GROUPED", config.kvHeads() == config.heads() ? "False" : "True"),
                Map.entry("Q_SIZE", config.heads() * config.headDim()), Map.entry("ROPE_THETA", config.ropeTheta()),
                Map.entry("LAYERS", config.layers()), Map.entry("HIDDEN", config.hiddenSize()),
                Map.entry("WEIGHTS", ModelWeights.of(config).size()),
                Map.entry("MATMUL_TYPE", ModelProgram.scalarType(multiplied)), Map.entry("WEIGHT_DECAY", 0.05),
                Map.entry("MOMENTUM", 0.95), Map.entry("BETA1", Trainer.BETA1), Map.entry("BETA2", Trainer.BETA2));
    }

    private static String template() {
        try (InputStream in = TrainingProgram.class.getResourceAsStream("training.py")) {
            if (in == null) {
                throw new IllegalStateException("training.py is missing from the jar");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
