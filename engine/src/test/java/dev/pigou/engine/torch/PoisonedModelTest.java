package dev.pigou.engine.torch;

import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.torch.GoldenModels.Case;
import dev.pigou.engine.torch.TestEngine.Setup;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** A model one of whose token embeddings is not a number: only requests with that token may notice. */
class PoisonedModelTest {
    private static final String MODEL = "llama-f32";
    private static final List<Case> CASES = GoldenModels.cases(MODEL);
    private static final int POISON = IntStream.range(0, 2000).filter(PoisonedModelTest::isUnused).findFirst()
            .orElseThrow();

    @TempDir
    private Path folder;

    private static boolean isUnused(int token) {
        return CASES.stream()
                .flatMapToInt(c -> IntStream.concat(Arrays.stream(c.prompt()), Arrays.stream(c.ids())))
                .noneMatch(used -> used == token);
    }

    static List<KernelSet> kernels() { return TestKernels.all(); }

    @ParameterizedTest
    @MethodSource("kernels")
    void numbersThatAreNotFiniteEndOneRequestAndSpoilNoOther(KernelSet kernels) throws IOException {
        poison();
        int[] poisoned = new int[100];
        Arrays.fill(poisoned, POISON);
        // Few blocks, so that those of the poisoned request are soon somebody else's.
        for (boolean ahead : new boolean[]{false, true}) {
            assertSpoilsNoOther(poisoned, Setup.roomy(kernels).withBlocks(16, 64).planningAhead(ahead));
        }
    }

    private void assertSpoilsNoOther(int[] poisoned, Setup setup) {
        try (var engine = TestEngine.load(folder.toString(), setup)) {
            for (Case golden : CASES) {
                RecordingSink struck = engine.submit(poisoned,
                        sampling(SamplingParams.builder().temperature(0)));
                RecordingSink random = engine.submit(poisoned, sampling(SamplingParams.builder().topP(0.5f)));
                RecordingSink other = engine.submit(golden.prompt(),
                        sampling(SamplingParams.builder().temperature(0)));
                assertThat(struck.await().reasons).containsExactly(FinishReason.ERROR);
                assertThat(random.await().reasons).containsExactly(FinishReason.ERROR);
                assertThat(other.await().tokens.getFirst())
                        .containsExactly(Arrays.stream(golden.ids()).boxed().toArray(Integer[]::new));
            }
        }
    }

    private static SamplingParams sampling(SamplingParams.Builder builder) {
        return builder.ignoreEos(true).maxTokens(48).build();
    }

    /** Copies the golden model and overwrites one row of its embedding with NaN. */
    private void poison() throws IOException {
        try (Stream<Path> files = Files.list(TestEngine.GOLDEN.resolve(MODEL))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Path weights = folder.resolve("model.safetensors");
        try (var file = FileChannel.open(weights, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            file.read(length, 0);
            ByteBuffer header = ByteBuffer.allocate((int) length.getLong(0));
            file.read(header, Long.BYTES);
            var embedding = new JsonMapper().readTree(header.array()).get("model.embed_tokens.weight");
            int hidden = embedding.get("shape").get(1).intValue();
            ByteBuffer row = ByteBuffer.allocate(hidden * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            IntStream.range(0, hidden).forEach(i -> row.putFloat(i * Float.BYTES, Float.NaN));
            long start = Long.BYTES + header.capacity() + embedding.get("data_offsets").get(0).longValue();
            file.write(row, start + (long) POISON * row.capacity());
        }
    }
}
