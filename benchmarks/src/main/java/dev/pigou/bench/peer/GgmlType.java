package dev.pigou.bench.peer;

import dev.pigou.engine.model.ModelDtype;

/** How a tensor's elements are stored in a GGUF file; the unquantised types only. */
enum GgmlType {
    F32(0, 4, 0), F16(1, 2, 1), BF16(30, 2, 32);

    private final int code;
    private final int bytes;
    private final int fileCode;

    GgmlType(int code, int bytes, int fileCode) {
        this.code = code;
        this.bytes = bytes;
        this.fileCode = fileCode;
    }

    static GgmlType of(ModelDtype dtype) {
        return switch (dtype) {
            case FLOAT32 -> F32;
            case FLOAT16 -> F16;
            case BFLOAT16 -> BF16;
        };
    }

    /** As tensors name it. */
    int code() { return code; }

    /** Size of one element. */
    int bytes() { return bytes; }

    /** As {@code general.file_type} names a file whose matrices are of this type. */
    int fileCode() {
        return fileCode;
    }
}
