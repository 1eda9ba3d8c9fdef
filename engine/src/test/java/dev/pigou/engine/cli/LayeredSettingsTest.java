package dev.pigou.engine.cli;

import dev.pigou.engine.EngineConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LayeredSettingsTest {
    @TempDir
    private Path folder = Path.of("");

    private Path file(String toml) {
        try {
            return Files.writeString(folder.resolve("pigou.toml"), toml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The engine's settings, from all three layers. */
    private EngineConfig config(Map<String, String> environment, String toml, String... arguments) {
        var serve = new ServeCommand();
        var line = new CommandLine(serve);
        line.setDefaultValueProvider(LayeredSettings.of(environment, file(toml), line.getCommandSpec()));
        line.parseArgs(arguments);
        return serve.engineConfig();
    }

    @Test
    void theCommandLineWinsThenTheVariableThenTheFile() {
        String toml = "max-num-seqs = 3";
        Map<String, String> environment = Map.of("PIGOU_MAX_NUM_SEQS", "5");
        assertThat(config(Map.of(), "").maxNumSeqs()).isEqualTo(256);
        assertThat(config(Map.of(), toml).maxNumSeqs()).isEqualTo(3);
        assertThat(config(environment, toml).maxNumSeqs()).isEqualTo(5);
        assertThat(config(environment, toml, "--max-num-seqs", "7").maxNumSeqs()).isEqualTo(7);
    }

    @Test
    void anEmptyVariableCountsAsNotSet() {
        assertThat(config(Map.of("PIGOU_MAX_NUM_SEQS", ""), "max-num-seqs = 3").maxNumSeqs()).isEqualTo(3);
    }

    @Test
    void everyKindOfValueIsRead() {
        EngineConfig config = config(Map.of(), """
                kv-cache-memory-bytes = "512MiB"
                block-size = 32
                max-model-len = 1_000
                """);
        assertThat(config.kvCacheMemoryBytes()).hasValue(536_870_912L);
        assertThat(config.blockSize()).isEqualTo(32);
        assertThat(config.maxModelLen()).hasValue(1000);
        assertThat(config(Map.of(), "kv-cache-memory-bytes = 4096").kvCacheMemoryBytes()).hasValue(4096);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"served-model-name = ['a'; 'b c'],",
            "`served-model-name = 'a,b c'`,", ",`a,b c`"})
    void severalNamesComeFromAListOrFromCommas(@Nullable String toml, @Nullable String variable) {
        var line = new CommandLine(new ServeCommand());
        String names = Objects.requireNonNullElse(variable, "");
        line.setDefaultValueProvider(LayeredSettings.of(Map.of("PIGOU_SERVED_MODEL_NAME", names),
                file(Objects.requireNonNullElse(toml, "").replace(';', ',')), line.getCommandSpec()));
        line.parseArgs();
        List<String> read = line.getCommandSpec().findOption("--served-model-name").getValue();
        assertThat(read).containsExactly("a", "b c");
    }

    @ParameterizedTest
    @CsvSource({"'','',,true", "'','',--no-enable-prefix-caching,false", "'','',--enable-prefix-caching,true",
            "'',enable-prefix-caching = false,,false", "'',enable-prefix-caching = true,,true",
            "false,enable-prefix-caching = true,,false", "true,enable-prefix-caching = false,,true",
            "false,'',--enable-prefix-caching,true",
            "'',enable-prefix-caching = false,--enable-prefix-caching,true",
            "true,'',--no-enable-prefix-caching,false", "false,'',--no-enable-prefix-caching,false",
            "'',enable-prefix-caching = true,--no-enable-prefix-caching,false",
            "'',enable-prefix-caching = false,--no-enable-prefix-caching,false"})
    void prefixCachingIsSwitchedByAnyLayer(String variable, String toml, String flag, boolean expected) {
        Map<String, String> environment = Map.of("PIGOU_ENABLE_PREFIX_CACHING", variable);
        String[] arguments = flag == null ? new String[0] : new String[]{flag};
        assertThat(config(environment, toml, arguments).prefixCaching()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"max-num-seq = 3,max-num-seq", "max_num_seqs = 3,max_num_seqs", "help = true,help",
            "version = true,version", "config = 'x',config", "'[serve]\nport = 1',serve", "port.x = 1,port",
            "no-enable-prefix-caching = true,no-enable-prefix-caching"})
    void aKeyThatIsNoSettingIsNamed(String toml, String key) {
        assertThatThrownBy(() -> config(Map.of(), toml)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(folder.resolve("pigou.toml") + ": '" + key + "' is ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void brokenTomlIsToldByItsLine() {
        Path file = file("port = 8000\nhost = \n");
        assertOneLine(Invocation.of("serve", "--config", file.toString()), file + ": line 2: ");
    }

    @Test
    void aFileThatIsNotThereIsOneLine() {
        Path missing = folder.resolve("none.toml");
        assertOneLine(Invocation.of("serve", "--config=" + missing), missing + ": there is no such file");
        assertOneLine(Invocation.of(Map.of("PIGOU_CONFIG", missing.toString()), "serve"),
                missing + ": there is no such file");
        assertOneLine(Invocation.of("serve", "--config", folder.toString()), folder.toString());
    }

    @Test
    void aFileInAnotherEncodingIsOneLine() throws IOException {
        Path file = Files.write(folder.resolve("latin.toml"),
                "host = \"\u00e9\"".getBytes(StandardCharsets.ISO_8859_1));
        assertOneLine(Invocation.of("serve", "--config", file.toString()), file.toString());
    }

    @Test
    void aValueOfTheWrongTypeSaysWhereItWasSet() {
        Path file = file("max-num-seqs = \"many\"");
        Invocation run = Invocation.of("serve", "--config", file.toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err().lines().findFirst().orElse("")).contains("--max-num-seqs", "many",
                file.toString());
        Invocation fromVariable = Invocation.of(Map.of("PIGOU_ENABLE_PREFIX_CACHING", "perhaps"), "serve");
        assertThat(fromVariable.exit()).isEqualTo(2);
        assertThat(fromVariable.err()).contains("perhaps", "PIGOU_ENABLE_PREFIX_CACHING")
                .doesNotContain("\tat ");
    }

    @Test
    void variablesOfTheServerDoNotReachTheOtherCommands() {
        Map<String, String> environment = Map.of("PIGOU_VERSION", "1.2", "PIGOU_HELP", "x", "PIGOU_DTYPE",
                "auto");
        Invocation run = Invocation.of(environment, "synth", folder.resolve("model").toString(), "--preset",
                "tiny", "--layers", "1", "--hidden-size", "64", "--heads", "2", "--kv-heads", "1");
        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isZero();
        assertThat(Invocation.of(environment, "serve", "--help").exit()).as("no setting is called so")
                .isZero();
    }

    private static void assertOneLine(Invocation run, String expected) {
        assertThat(run.err()).contains(expected).hasLineCount(1).doesNotContain("\tat ");
        assertThat(run.exit()).isEqualTo(1);
    }
}
