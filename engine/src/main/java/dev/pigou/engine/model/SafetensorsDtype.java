package dev.pigou.engine.model;

import java.util.Arrays;
import java.util.Optional;

/** Element types of the safetensors format, named as its headers name them. */
public enum SafetensorsDtype {
    BOOL(1), U8(1), I8(1), F8_E4M3(1), F8_E5M2(1), F8_E8M0(1), //
    I16(2), U16(2), F16(2), BF16(2), //
    I32(4), U32(4), F32(4), //
    I64(8), U64(8), F64(8);

    private final int bytes;

    SafetensorsDtype(int bytes) { this.bytes = bytes; }

    /** Size of one element. */
    public int bytes() { return bytes; }

    static Optional<SafetensorsDtype> named(String name) {
        return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
    }
}
