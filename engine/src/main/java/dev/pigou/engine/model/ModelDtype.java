package dev.pigou.engine.model;

import java.util.Arrays;
import java.util.Optional;

/** The floating-point types weights are stored in, by PyTorch's names. */
public enum ModelDtype {
    /** IEEE single precision. */
    FLOAT32("float32", SafetensorsDtype.F32),

    /** IEEE half precision. */
    FLOAT16("float16", SafetensorsDtype.F16),

    /** The upper half of a single: its range, with 8 bits of precision. */
    BFLOAT16("bfloat16", SafetensorsDtype.BF16);

    private final String torchName;
    private final SafetensorsDtype stored;

    ModelDtype(String torchName, SafetensorsDtype stored) {
        this.torchName = torchName;
        this.stored = stored;
    }

    /** As {@code torch_dtype} of config.json and {@code --dtype} write it. */
    public String torchName() {
        return torchName;
    }

    public SafetensorsDtype stored() { return stored; }

    /** The dtype called {@code name}, with or without the prefix {@code torch.}. */
    public static Optional<ModelDtype> ofTorchName(String name) {
        String bare = name.startsWith("torch.") ? name.substring("torch.".length()) : name;
        return Arrays.stream(values()).filter(dtype -> dtype.torchName.equals(bare)).findFirst();
    }

    /** The dtype whose elements a safetensors file holds as {@code stored}; empty for types no weight may have. */
    public static Optional<ModelDtype> ofStored(SafetensorsDtype stored) {
        return Arrays.stream(values()).filter(dtype -> dtype.stored == stored).findFirst();
    }
}
