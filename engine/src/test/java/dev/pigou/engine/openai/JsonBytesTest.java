package dev.pigou.engine.openai;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class JsonBytesTest {
    private static final String SPECIAL = "\"\\/\b\f\n\r\t\0\u001f\u007f\u0080\u07ff\u0800\u2028\u2029\ufffd\uffff";

    @Test
    void stringsAreEscapedExactlyAsJacksonEscapesThem() {
        long seed = 20261123;
        SplittableRandom random = new SplittableRandom(seed);
        JsonBytes out = new JsonBytes();
        for (int i = 0; i < 5_000; i++) {
            String text = text(random);
            assertThat(new String(out.clear().string(text).toBytes(), StandardCharsets.UTF_8))
                    .as("seed %d, round %d", seed, i).isEqualTo(JsonMapper.shared().writeValueAsString(text));
        }
    }

    @Test
    void halfASurrogatePairDoesNotBecomeInvalidUtf8() {
        JsonBytes out = new JsonBytes();
        for (String half : List.of("\ud83d", "a\ude00b", "\ud83d\ud83d\ude00")) {
            byte[] bytes = out.clear().string(half).toBytes();
            assertThat(JsonMapper.shared().readTree(bytes).stringValue())
                    .isEqualTo(new String(half.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                            .replace("?", "\ufffd"));
        }
    }

    @Test
    void numbersKeepTheirSignsAndBorders() {
        assertThat(new String(new JsonBytes().numbers(List.of(0, 1, 2047, Integer.MAX_VALUE)).toBytes(),
                StandardCharsets.US_ASCII)).isEqualTo("[0,1,2047,2147483647]");
        assertThat(new JsonBytes().numbers(List.of()).toBytes()).asString().isEqualTo("[]");
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(200);
        while (text.length() < length) {
            switch (random.nextInt(4)) {
                case 0 -> text.append(SPECIAL.charAt(random.nextInt(SPECIAL.length())));
                case 1 -> text.append((char) random.nextInt(0x20, 0x7F));
                case 2 -> text.appendCodePoint(random.nextInt(0x80, 0xD800));
                default -> text.appendCodePoint(random.nextInt(0x10000, 0x110000));
            }
        }
        return text.toString();
    }
}
