package dev.pigou.bench.served;

import dev.pigou.engine.model.ModelFolderException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

final class ServerProcessTest {
    private static final Path DEMO = Path.of("../engine/models/pigou-demo");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aServerThatDoesNotComeUpSaysWhy() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerProcess
                        .start(new ServerSetup(DEMO, "lifo", 16, 1, Map.of("chat", "secret"), folder)))
                .withMessageContaining("under lifo did not come up")
                .withMessageContaining("--scheduling-policy must be one of");
    }

    @Test
    void aFolderWithoutAModelIsRefused() {
        assertThatExceptionOfType(ModelFolderException.class).isThrownBy(
                () -> ServerProcess.start(new ServerSetup(folder, "price", 16, 1, Map.of(), folder)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServerSetup(DEMO, "price", 0, 1, Map.of(), folder))
                .withMessageContaining("at least one KV block");
    }

    @Test
    void theConfigurationFileHoldsNoKey() {
        String config = new ServerSetup(DEMO, "price", 16, 1, Map.of("chat", "secret"), folder).config();
        assertThat(config).contains("[tenants.\"chat\"]").doesNotContain("secret");
        assertThat(Files.exists(folder.resolve("price.toml"))).isFalse();
    }
}
