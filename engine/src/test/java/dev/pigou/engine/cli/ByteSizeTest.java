package dev.pigou.engine.cli;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "12b,12", "1k,1024", "1KiB,1024", "1kb,1000", "512MiB,536870912", "2M,2097152",
            "3MB,3000000", "4G,4294967296", "4gib,4294967296", "2.5GB,2500000000", "0.5K,512",
            "1T,1099511627776", "1TB,1000000000000", "' 7 M ',7340032", "9007199254740993,9007199254740993",
            "9223372036854775807,9223372036854775807"})
    void unitsAreThoseOfTheFieldAndEveryByteCounts(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "four", "4 potatoes", "-1", "+1", "1e9", "1,5G", ".5G", "5.", "0x10",
            "1GiBs", "4G 2", "NaN", "\u0664G"})
    void nonsenseIsToldHowToWriteIt(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no amount of memory; write 4G, 512MiB or a number of bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "8388608T", "99999999999999999999999999999999T"})
    void moreThanALongIsNotCutToOne(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text))
                .hasMessage("'" + text + "' is more memory than any machine has");
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.0 KiB", "1610612736,1.5 GiB",
            "9223372036854775807,8388608.0 TiB"})
    void sizesAreShownInTheLargestUnitBelowThem(long bytes, String shown) {
        assertThat(new ByteSize(bytes)).hasToString(shown);
    }
}
