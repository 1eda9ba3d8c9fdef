package dev.pigou.engine.openai;

import dev.pigou.engine.text.HfTokenizer;
import dev.pigou.engine.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenTextTest {
    private static final String TEXT = "Gr\u00fc\u00dfe, \u4e16\u754c \ud83d\ude00";

    @Test
    void bytesOfByteLevelTokensAddUpToTheText() {
        assertThat(bytes(TestModel.SERVED.tokenizer())).isEqualTo(TEXT);
    }

    @Test
    void soDoThoseOfByteFallbackTokens() throws IOException, URISyntaxException {
        Path folder = Path
                .of(Objects.requireNonNull(TokenTextTest.class.getResource("/text/byte-fallback")).toURI());
        try (HfTokenizer tokenizer = HfTokenizer.load(folder)) {
            assertThat(bytes(tokenizer)).as("SentencePiece puts a space before the text")
                    .isEqualToIgnoringWhitespace(TEXT);
        }
    }

    private static String bytes(Tokenizer tokenizer) {
        TokenText tokens = new TokenText(tokenizer);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int token : tokenizer.encode(TEXT, false)) {
            bytes.writeBytes(tokens.bytes(token));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
