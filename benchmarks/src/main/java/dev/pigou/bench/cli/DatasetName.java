package dev.pigou.bench.cli;

import java.util.Arrays;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;

/** What {@code --dataset-name} may be. */
enum DatasetName {
    RANDOM("random"), SHAREGPT_JSON("sharegpt-json"), TRACE("trace");

    private final String label;

    DatasetName(String label) { this.label = label; }

    /** Whether a flag belongs to another dataset, so that it has no meaning for this one. */
    boolean isForeign(String flag) {
        return Arrays.stream(values()).anyMatch(other -> other != this && other.ownFlags().contains(flag));
    }

    private Set<String> ownFlags() {
        return switch (this) {
            case RANDOM -> Set.of("--random-input-len", "--random-output-len", "--random-range-ratio",
                    "--random-prefix-len", "--num-prefixes");
            case SHAREGPT_JSON -> Set.of("--sharegpt-output-len");
            case TRACE -> Set.of("--time-scale", "--trace-jitter", "--input-len-scale", "--output-len-scale");
        };
    }

    /** As it is written on the command line. */
    @Override
    public String toString() { return label; }

    /** For picocli. */
    static final class Converter implements ITypeConverter<DatasetName> {
        @Override
        public DatasetName convert(String text) {
            return text.equals("sharegpt") ? SHAREGPT_JSON : Flag.choice(values(), text); // vLLM's name
        }
    }
}
