package dev.pigou.engine.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.fail;

/**
 * Whatever a folder's bytes are, it opens or it is refused by a {@link ModelFolderException}; nothing else
 * happens.
 */
final class ModelFolderFuzzTest {
    private static final int ROUNDS = 1_000;
    private static final String[] FRAGMENTS = {"-1", "0", "1e999", "9223372036854775807",
            "99999999999999999999", "null", "[]", "{}", "\"\"", "1" + "0".repeat(400), "\"BF16\"",
            "\"\\u0000\"", "true", ",", ":", "[[", "}", "0.5", "1e-320", "\"yarn\"", "\"dynamic\"", "NaN"};

    @TempDir
    private Path folder;

    @Test
    void mutatedSafetensorsAreRefusedOrReadWithinBounds() throws IOException {
        SynthModel.write(new SynthSpec(tiny(), ModelDtype.BFLOAT16, 1, 1), folder);
        Path file = folder.resolve("model.safetensors");
        byte[] valid = Files.readAllBytes(file);
        int headerEnd = 8 + (valid[0] & 0xFF) + ((valid[1] & 0xFF) << 8);
        for (long seed = 0; seed < ROUNDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Files.write(file, mutate(valid, headerEnd, random));
            try (ModelFolder opened = ModelFolder.open(folder)) {
                opened.weights().forEach(tensor -> touchEnds(tensor.bytes()));
            } catch (ModelFolderException expected) {
                requireOneLine(expected, seed);
            } catch (RuntimeException | Error e) {
                fail("seed " + seed, e);
            }
        }
    }

    @Test
    void mutatedConfigsAreRefusedOrUsable() throws IOException {
        for (Path golden : GoldenFolders.all()) {
            byte[] valid = Files.readAllBytes(golden.resolve("config.json"));
            for (long seed = 0; seed < ROUNDS / 10; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                byte[] mutated = mutate(valid, valid.length, random);
                Files.write(folder.resolve("config.json"), mutated);
                Files.write(folder.resolve("generation_config.json"), mutated);
                try {
                    ModelConfig config = ModelConfig.read(folder);
                    RotaryFrequencies.of(config).at(config.maxContextTokens());
                    GenerationDefaults.read(folder);
                } catch (ModelFolderException expected) {
                    requireOneLine(expected, seed);
                } catch (RuntimeException | Error e) {
                    fail(golden.getFileName() + ", seed " + seed, e);
                }
            }
        }
    }

    private static void requireOneLine(ModelFolderException e, long seed) {
        if (String.valueOf(e.getMessage()).lines().count() != 1) {
            fail("seed " + seed + " gives a message of several lines: " + e.getMessage());
        }
    }

    /** One to three edits within [0, end): a byte, a digit, a fragment over what was there, or a cut. */
    private static byte[] mutate(byte[] valid, int end, SplittableRandom random) {
        byte[] bytes = valid.clone();
        for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
            int at = random.nextInt(Math.min(end, bytes.length));
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> mutateDigit(bytes, at, end, random);
                case 3 -> {
                    byte[] fragment = FRAGMENTS[random.nextInt(FRAGMENTS.length)]
                            .getBytes(StandardCharsets.UTF_8);
                    System.arraycopy(fragment, 0, bytes, at, Math.min(fragment.length, bytes.length - at));
                }
                default -> bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at + 1) : bytes;
            }
        }
        return bytes;
    }

    private static void mutateDigit(byte[] bytes, int from, int end, SplittableRandom random) {
        for (int i = from; i < Math.min(end, bytes.length); i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
                bytes[i] = (byte) ('0' + random.nextInt(10));
                return;
            }
        }
    }

    private static void touchEnds(MemorySegment bytes) {
        bytes.get(ValueLayout.JAVA_BYTE, 0);
        bytes.get(ValueLayout.JAVA_BYTE, bytes.byteSize() - 1);
    }

    private static ModelConfig tiny() {
        return new ModelConfigBuilder(ModelFamily.LLAMA).layers(1).hiddenSize(8).heads(2).intermediateSize(8)
                .vocabSize(260).build();
    }
}
