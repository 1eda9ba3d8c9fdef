package dev.pigou.engine.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All weights of a model folder, over one or many safetensors files. Any thread may read; closing unmaps
 * every file, after which no {@link TensorEntry} of it may be touched.
 */
public final class Checkpoint implements AutoCloseable {
    private final Path folder;
    private final List<SafetensorsFile> files;
    private final Map<String, Located> tensors = new HashMap<>();

    private record Located(Path file, TensorEntry tensor) {}

    private Checkpoint(Path folder, List<SafetensorsFile> files) {
        this.folder = folder;
        this.files = files;
        for (SafetensorsFile file : files) {
            for (TensorEntry tensor : file.tensors()) {
                Located before = tensors.putIfAbsent(tensor.name(), new Located(file.path(), tensor));
                if (before != null) {
                    throw new ModelFolderException(file.path(),
                            "tensor " + tensor.name() + " is also in " + before.file().getFileName());
                }
            }
        }
    }

    /**
     * Maps the files that {@code model.safetensors.index.json} lists, or {@code model.safetensors}, or every
     * {@code *.safetensors} of the folder, whichever is there first.
     *
     * @throws ModelFolderException if there is none, one is broken, or a tensor is in two
     */
    public static Checkpoint open(Path folder) {
        CheckpointFiles listed = CheckpointFiles.find(folder);
        List<SafetensorsFile> files = new ArrayList<>();
        boolean opened = false;
        try {
            listed.paths().forEach(path -> files.add(SafetensorsFile.open(path)));
            Checkpoint checkpoint = new Checkpoint(folder, files);
            listed.weightMap().forEach(checkpoint::checkIndexed);
            opened = true;
            return checkpoint;
        } finally {
            if (!opened) {
                files.forEach(SafetensorsFile::close);
            }
        }
    }

    private void checkIndexed(String name, Path file) {
        Located located = tensors.get(name);
        if (located == null || !located.file().equals(file)) {
            throw new ModelFolderException(folder.resolve(CheckpointFiles.INDEX), "tensor " + name
                    + " should be in " + file.getFileName() + ", but that file does not have it");
        }
    }

    /** Every tensor there is, in no particular order. */
    public Collection<TensorEntry> tensors() {
        return tensors.values().stream().map(Located::tensor).toList();
    }

    public Optional<TensorEntry> find(String name) {
        return Optional.ofNullable(tensors.get(name)).map(Located::tensor);
    }

    /**
     * The tensor a model needs.
     *
     * @throws ModelFolderException if it is missing, has another shape, or is not f32, f16 or bf16
     */
    public TensorEntry tensor(WeightSpec spec) {
        Located located = tensors.get(spec.name());
        if (located == null) {
            throw new ModelFolderException(files.size() == 1 ? files.getFirst().path() : folder,
                    "tensor " + spec.name() + " " + spec.shape() + " is missing");
        }
        TensorEntry tensor = located.tensor();
        if (!tensor.shape().equals(spec.shape())) {
            throw new ModelFolderException(located.file(), "tensor " + spec.name() + " has shape "
                    + tensor.shape() + ", but config.json asks for " + spec.shape());
        }
        if (ModelDtype.ofStored(tensor.dtype()).isEmpty()) {
            throw new ModelFolderException(located.file(), "tensor " + spec.name() + " is stored as "
                    + tensor.dtype() + "; supported are F32, F16 and BF16");
        }
        return tensor;
    }

    /**
     * A tensor of a quantised matrix.
     *
     * @throws ModelFolderException if it is missing, or has another shape or type
     */
    TensorEntry tensor(String name, List<Long> shape, List<SafetensorsDtype> types) {
        TensorEntry tensor = find(name).orElseThrow(() -> problem(
                "tensor " + name + " " + shape + " is missing, but quantization_config asks for it; "
                        + "list modules left dense in modules_to_not_convert"));
        if (!tensor.shape().equals(shape) || !types.contains(tensor.dtype())) {
            throw problem("tensor " + name + " is " + tensor.dtype() + " " + tensor.shape()
                    + ", but config.json asks for " + types + " " + shape
                    + "; group_size and quant_method must be those it was quantised with");
        }
        return tensor;
    }

    ModelFolderException problem(String problem) {
        return new ModelFolderException(files.size() == 1 ? files.getFirst().path() : folder, problem);
    }

    /** {@link #tensor} of each, in the same order. */
    public List<TensorEntry> tensors(List<WeightSpec> specs) {
        return specs.stream().map(this::tensor).toList();
    }

    @Override
    public void close() { files.forEach(SafetensorsFile::close); }
}
