package dev.pigou.engine.openai;

import dev.pigou.engine.EngineLimits;
import dev.pigou.engine.text.ChatTemplate;
import dev.pigou.engine.text.HfTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The golden Llama's tokenizer and template as a served model, without the model. */
public final class TestModel {
    public static final String NAME = "llama-golden";
    public static final int EOS = 2036;
    public static final int BOS = 2032;
    public static final EngineLimits LIMITS = new EngineLimits(2048, 512, 5);
    public static final ServedModel SERVED = load();

    private TestModel() {}

    public static int[] tokens(String text) { return SERVED.tokenizer().encode(text, false); }

    private static ServedModel load() {
        try {
            Path folder = Path
                    .of(Objects.requireNonNull(TestModel.class.getResource("/golden/llama")).toURI());
            return new ServedModel(List.of(NAME, "org/alias"), 1_700_000_000, LIMITS,
                    HfTokenizer.load(folder), ChatTemplate.load(folder), SamplingDefaults.NEUTRAL,
                    Set.of(2033, EOS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
