package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.KeyHash;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HashKeyCommandTest {
    private static Invocation hash(String input) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return Invocation.of("hash-key");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void theHashIsOfTheLineWithoutItsEnd() {
        for (String input : new String[]{"sesame", "sesame\n", "sesame\r\nand more\n"}) {
            assertThat(hash(input).out().strip()).isEqualTo(KeyHash.of("sesame").hex());
        }
    }

    @Test
    void whatCanBeNoKeyIsToldInALineThatDoesNotShowIt() {
        assertThat(hash("").err()).startsWith("pigou: the standard input has no key").hasLineCount(1);
        assertThat(hash(" \n").exit()).isEqualTo(1);
        assertThat(hash("open sesame\n").err()).contains("without spaces").doesNotContain("sesame");
    }
}
