package dev.pigou.engine.openai;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "{", "}", "[]", "null", "1", "\"text\"", "{\"a\":1,}", "{a:1}",
            "{'a':1}", "{\"a\":1}{\"b\":2}", "{\"a\":1} x", "{\"a\":NaN}", "{\"a\":Infinity}",
            "{\"a\":-Infinity}", "{\"a\":+1}", "{\"a\":01}", "{\"a\":.5}", "{\"a\":1,\"a\":2}",
            "{\"a\":{\"b\":1,\"b\":1}}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\udc00x\"}", "{\"\\ud800\":1}", "{/*c*/\"a\":1}", "{\"a\":tru}", "{\"a\":\"\0\"}",
            "\ufeff{\"a\":1}"})
    void whatIsNotOneStrictObjectIsRefusedWithAReason(String body) {
        assertRefused(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertRefused(new byte[]{'{', '"', 'a', '"', ':', '"', (byte) 0xC3, '"', '}'});
        assertRefused(new byte[]{'{', '"', 'a', '"', ':', '"', (byte) 0xC0, (byte) 0x80, '"', '}'}); // overlong
        assertRefused(
                new byte[]{'{', '"', 'a', '"', ':', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', '}'});
        assertRefused("{\"a\":\"b\"}".getBytes(StandardCharsets.UTF_16));
    }

    @Test
    void nestingIsBounded() {
        assertRefused(("{\"a\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8));
        assertRefused(("{\"a\":".repeat(65) + "1" + "}".repeat(65)).getBytes(StandardCharsets.UTF_8));
        assertThat(Json.parse(("{\"a\":".repeat(60) + "1" + "}".repeat(60)).getBytes(StandardCharsets.UTF_8)))
                .hasSize(1);
    }

    @Test
    void soAreTheNumberOfValuesAndTheLengthOfNumbers() {
        assertRefused(("{\"a\":[" + "1,".repeat(1 << 20) + "1]}").getBytes(StandardCharsets.UTF_8));
        assertRefused(("{\"a\":" + "9".repeat(5000) + "}").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void textOfEveryPlaneIsRead() {
        byte[] body = "{\"a\":\"\u00e9\u4e2d\ud83d\ude00 \\ud83d\\ude00\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(Json.parse(body).get("a").stringValue())
                .isEqualTo("\u00e9\u4e2d\ud83d\ude00 \ud83d\ude00");
    }

    private static void assertRefused(byte[] body) {
        assertThatThrownBy(() -> Json.parse(body)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.error().status()).isEqualTo(400);
            assertThat(e.error().code()).isEqualTo("invalid_json");
            assertThat(e.error().message()).matches("(?s)(The body|A string) .*").hasSizeLessThan(1000)
                    .as("what a client cannot do").doesNotContain("Feature", "enable", "Source");
        });
    }
}
