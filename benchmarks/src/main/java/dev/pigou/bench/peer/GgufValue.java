package dev.pigou.bench.peer;

import java.util.List;

/** A value of a GGUF file's metadata, in the kinds that a model's description needs. */
sealed interface GgufValue {
    /** The number the format gives to the kind. */
    int kind();

    record Unsigned(int value) implements GgufValue {
        @Override
        public int kind() { return 4; }
    }

    record Signed(int value) implements GgufValue {
        @Override
        public int kind() { return 5; }
    }

    record Real(float value) implements GgufValue {
        @Override
        public int kind() { return 6; }
    }

    record Flag(boolean value) implements GgufValue {
        @Override
        public int kind() { return 7; }
    }

    record Text(String value) implements GgufValue {
        @Override
        public int kind() { return 8; }
    }

    /** All elements of one kind, which an empty array must name too. */
    record Array(int elementKind, List<? extends GgufValue> elements) implements GgufValue {
        public Array {
            elements = List.copyOf(elements);
        }

        static Array texts(List<String> texts) {
            return new Array(8, texts.stream().map(Text::new).toList());
        }

        static Array integers(List<Integer> integers) {
            return new Array(5, integers.stream().map(Signed::new).toList());
        }

        @Override
        public int kind() { return 9; }
    }
}
