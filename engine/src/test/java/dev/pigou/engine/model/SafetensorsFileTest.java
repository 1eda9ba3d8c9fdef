package dev.pigou.engine.model;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class SafetensorsFileTest {
    private static final String HEADER = """
            {"__metadata__":{"format":"pt"},\
            "b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]},\
            "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""";

    @TempDir
    private Path folder;

    static Stream<Arguments> brokenFiles() {
        return Stream.of(broken("no bytes at all", new byte[0], "8-byte length"),
                broken("seven bytes", new byte[7], "8-byte length"),
                broken("header longer than the file", SafetensorsBytes.of(1000, "{}", 0),
                        "claims 1000 bytes"),
                broken("header over the limit", SafetensorsBytes.of(100_000_001, "{}", 0),
                        "at most 100000000"),
                broken("negative header length", SafetensorsBytes.of(-1, "{}", 0), "18446744073709551615"),
                broken("not JSON", SafetensorsBytes.of("{,", 0), "not valid JSON"),
                broken("not an object", SafetensorsBytes.of("[]", 0), "must be a JSON object"),
                broken("text after the header", SafetensorsBytes.of("{}{}", 0), "not valid JSON"),
                broken("metadata that is no text", of("\"__metadata__\":{\"a\":1}", 0), "__metadata__",
                        "strings"),
                broken("one tensor twice", of("\"t\":" + tensor("U8", "[1]", "0,1") + ",\"t\":{}", 1),
                        "\"t\""),
                broken("a tensor that is no object", of("\"t\":3", 0), "tensor t", "object"),
                broken("no dtype", of("\"t\":{\"shape\":[1],\"data_offsets\":[0,1]}", 1), "tensor t",
                        "dtype"),
                broken("unknown dtype", one("Q4_K", "[1]", "0,1", 1), "tensor t", "Q4_K", "BF16"),
                broken("no shape", of("\"t\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}", 1), "tensor t",
                        "shape"),
                broken("negative dimension", one("U8", "[-1]", "0,1", 1), "tensor t", "shape", "-1"),
                broken("fractional dimension", one("U8", "[1.5]", "0,1", 1), "tensor t", "shape", "1.5"),
                broken("dimension beyond a long", one("U8", "[9223372036854775808]", "0,1", 1), "tensor t",
                        "shape"),
                broken("elements beyond a long", one("U8", "[4294967296,4294967296]", "0,1", 1), "tensor t",
                        "too large"),
                broken("three offsets", one("U8", "[1]", "0,1,2", 1), "tensor t", "data_offsets"),
                broken("negative offset", one("U8", "[1]", "-1,0", 1), "tensor t", "data_offsets", "-1"),
                broken("end before begin", one("U8", "[1]", "1,0", 1), "tensor t", "[1, 0]"),
                broken("offsets past the end", one("U8", "[2]", "0,2", 1), "tensor t", "pass the end"),
                broken("offsets near the end of a long",
                        one("U8", "[1]", "9223372036854775806,9223372036854775807", 1), "tensor t",
                        "pass the end"),
                broken("shape needs more", one("F32", "[2]", "0,4", 4), "tensor t", "8 bytes", "give 4"),
                broken("hole before the first", one("U8", "[1]", "1,2", 2), "tensor t", "holes"),
                broken("overlap",
                        of("\"t\":" + tensor("U8", "[2]", "0,2") + ",\"u\":" + tensor("U8", "[2]", "1,3"), 3),
                        "tensor u", "overlap"),
                broken("bytes after the last", one("U8", "[1]", "0,1", 9), "appended"),
                broken("truncated", SafetensorsBytes.of(HEADER, 11), "tensor b", "cut short"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenFiles")
    void brokenFileIsRefusedByName(String what, byte[] bytes, List<String> parts) {
        Path file = SafetensorsBytes.write(folder.resolve("w.safetensors"), bytes);

        assertThatThrownBy(() -> SafetensorsFile.open(file)).as(what).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("w.safetensors").hasMessageNotContaining("\n")
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @Test
    void missingFileIsRefusedByName() {
        assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("gone.safetensors")))
                .isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("gone.safetensors: no such file");
    }

    @Test
    void directoryIsRefusedByName() {
        assertThatThrownBy(() -> SafetensorsFile.open(folder)).isInstanceOf(ModelFolderException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void controlCharactersOfATensorsNameStayOutOfTheMessage() {
        byte[] bytes = SafetensorsBytes.of("{\"a\\nb\":3}", 0);
        Path file = SafetensorsBytes.write(folder.resolve("w.safetensors"), bytes);

        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("tensor a b")
                .hasMessageNotContaining("\n");
    }

    @Test
    void tensorsAreSlicesInTheOrderOfTheirData() {
        byte[] bytes = SafetensorsBytes.of(HEADER, 12);
        bytes[bytes.length - 4] = 42;
        Path file = SafetensorsBytes.write(folder.resolve("w.safetensors"), bytes);

        try (SafetensorsFile safetensors = SafetensorsFile.open(file)) {
            assertThat(safetensors.tensors()).extracting(TensorEntry::name).containsExactly("a", "b");
            TensorEntry b = safetensors.tensors().get(1);
            assertThat(b.dtype()).isEqualTo(SafetensorsDtype.U8);
            assertThat(b.shape()).containsExactly(4L);
            assertThat(b.bytes().byteSize()).isEqualTo(4);
            assertThat(b.bytes().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 42);
            assertThat(b.bytes().isReadOnly()).isTrue();
        }
    }

    @Test
    void closingUnmapsTheTensors() {
        Path file = SafetensorsBytes.write(folder.resolve("w.safetensors"), SafetensorsBytes.of(HEADER, 12));
        SafetensorsFile safetensors = SafetensorsFile.open(file);
        TensorEntry tensor = safetensors.tensors().getFirst();
        safetensors.close();

        assertThatThrownBy(() -> tensor.bytes().get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    private static Arguments broken(String what, byte[] bytes, String... parts) {
        return Arguments.of(what, bytes, List.of(parts));
    }

    private static byte[] one(String dtype, String shape, String offsets, int dataBytes) {
        return of("\"t\":" + tensor(dtype, shape, offsets), dataBytes);
    }

    private static byte[] of(String tensors, int dataBytes) {
        return SafetensorsBytes.of("{" + tensors + "}", dataBytes);
    }

    private static String tensor(String dtype, String shape, String offsets) {
        return "{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" + offsets + "]}";
    }
}
