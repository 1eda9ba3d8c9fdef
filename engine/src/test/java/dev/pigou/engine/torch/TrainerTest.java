package dev.pigou.engine.torch;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelConfigBuilder;
import dev.pigou.engine.model.ModelConfigWriter;
import dev.pigou.engine.model.ModelDtype;
import dev.pigou.engine.model.ModelFamily;
import dev.pigou.engine.model.ModelWeights;
import dev.pigou.engine.model.SafetensorsWriter;
import dev.pigou.engine.model.WeightSpec;
import dev.pigou.scheduler.SamplingParams;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TrainerTest {
    private static final long SEED = 5;
    private static final int VOCABULARY = 32;

    @TempDir
    Path folder;

    @Test
    void theServerAnswersAsTheTrainerDoes() throws IOException {
        ModelConfig config = config();
        List<int[]> prompts = List.of(new int[]{3, 1, 4, 1, 5, 9}, new int[]{2, 7, 1, 8}, new int[]{30});
        try (var trainer = new Trainer(config, ModelDtype.FLOAT32, initial(config), 2)) {
            for (int step = 0; step < 20; step++) {
                trainer.step(inputs(), targets(), 3e-3);
            }
            write(config, trainer.weights());
            List<int[]> expected = trainer.greedy(prompts, 12, -1);
            try (TestEngine engine = TestEngine.load(folder.toAbsolutePath().toString(),
                    TestEngine.Setup.roomy(TestKernels.all().getLast()))) {
                var greedy = SamplingParams.builder().temperature(0).maxTokens(12).ignoreEos(true).build();
                for (int i = 0; i < prompts.size(); i++) {
                    List<Integer> served = engine.submit(prompts.get(i), greedy).await().tokens.getFirst();
                    assertThat(served).as("prompt %d, seed %d", i, SEED)
                            .isEqualTo(IntStream.of(expected.get(i)).boxed().toList());
                }
            }
        }
    }

    @Test
    void aSmallTaskIsLearnedByHeart() {
        ModelConfig config = config();
        try (var trainer = new Trainer(config, ModelDtype.FLOAT32, initial(config), 2)) {
            float loss = Float.MAX_VALUE;
            for (int step = 0; step < 80; step++) {
                loss = trainer.step(inputs(), targets(), 3e-3).loss();
            }
            assertThat(loss).as("seed %d", SEED).isLessThan(0.1f);
        }
    }

    @Test
    void onlyRoundingDependsOnTheNumberOfWorkers() {
        ModelConfig config = config();
        try (var one = new Trainer(config, ModelDtype.FLOAT32, initial(config), 1);
                var three = new Trainer(config, ModelDtype.FLOAT32, initial(config), 3)) {
            for (int step = 0; step < 5; step++) {
                float alone = one.step(inputs(), targets(), 1e-3).loss();
                assertThat(three.step(inputs(), targets(), 1e-3).loss()).isCloseTo(alone, within(1e-3f));
            }
        }
    }

    private static ModelConfig config() {
        return new ModelConfigBuilder(ModelFamily.QWEN3).layers(2).hiddenSize(32).heads(4).kvHeads(2)
                .headDim(16).intermediateSize(64).vocabSize(VOCABULARY).maxPositionEmbeddings(1024)
                .tieWordEmbeddings(true).build();
    }

    private static Map<String, float[]> initial(ModelConfig config) {
        var random = new SplittableRandom(SEED);
        var weights = new LinkedHashMap<String, float[]>();
        for (WeightSpec weight : ModelWeights.of(config)) {
            var values = new float[(int) weight.elements()];
            for (int i = 0; i < values.length; i++) {
                values[i] = weight.shape().size() == 1 ? 1 : (float) (0.1 * random.nextGaussian());
            }
            weights.put(weight.name(), values);
        }
        return weights;
    }

    /** Seven rows of eleven tokens; each second half repeats the first, and only that is to be learned. */
    private static int[][] inputs() {
        return IntStream.range(0, 7).mapToObj(TrainerTest::row).map(row -> Arrays.copyOf(row, row.length - 1))
                .toArray(int[][]::new);
    }

    private static int[][] targets() {
        return IntStream.range(0, 7).mapToObj(TrainerTest::row).map(row -> {
            int[] target = Arrays.copyOfRange(row, 1, row.length);
            Arrays.fill(target, 0, row.length / 2 - 1, Trainer.IGNORED);
            return target;
        }).toArray(int[][]::new);
    }

    private static int[] row(int number) {
        var random = new SplittableRandom(SEED + number);
        int[] half = random.ints(6, 0, VOCABULARY).toArray();
        int[] row = Arrays.copyOf(half, 12);
        System.arraycopy(half, 0, row, 6, 6);
        return row;
    }

    private void write(ModelConfig config, Map<String, float[]> weights) throws IOException {
        ModelConfigWriter.write(config, ModelDtype.FLOAT32, folder);
        List<WeightSpec> specs = ModelWeights.of(config);
        try (var file = SafetensorsWriter.create(folder.resolve("model.safetensors"), ModelDtype.FLOAT32,
                specs)) {
            for (WeightSpec spec : specs) {
                file.write(Objects.requireNonNull(weights.get(spec.name())));
            }
        }
    }
}
