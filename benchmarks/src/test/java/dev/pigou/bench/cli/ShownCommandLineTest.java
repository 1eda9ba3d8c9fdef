package dev.pigou.bench.cli;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class ShownCommandLineTest {
    @Test
    void whatAShellWouldReadOtherwiseIsQuoted() {
        assertThat(shown("--rate-steps", "2@30,8@30", "--extra-body", "{\"a\": 'b'}"))
                .isEqualTo("./pigou bench --rate-steps 2@30,8@30 --extra-body '{\"a\": '\\''b'\\''}'");
    }

    @Test
    void noSecretIsShown() {
        assertThat(shown("--api-key", "sesame", "--api-key=sesame", "--tenant", "a,key=sesame,tier=flex",
                "--tenant=b,weight=2,key=sesame", "--header", "Authorization=Bearer sesame", "A=b",
                "x-api-key=sesame", "--header=Cookie=sesame"))
                .isEqualTo("./pigou bench --api-key KEY --api-key=KEY --tenant a,key=KEY,tier=flex"
                        + " --tenant=b,weight=2,key=KEY --header Authorization=KEY A=b x-api-key=KEY"
                        + " --header=Cookie=KEY");
    }

    @Test
    void whatOnlyLooksLikeASecretIsShown() {
        assertThat(shown("--tokenizer=dir", "--metadata", "key=value"))
                .isEqualTo("./pigou bench --tokenizer=dir --metadata key=value");
    }

    private static String shown(String... arguments) {
        return ShownCommandLine.of("./pigou bench", List.of(arguments));
    }
}
