package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Writes a model's weights as one safetensors file, or as several with the index that says what is where. */
final class CheckpointWriter {
    /** Produces the elements of one tensor, in order, through as many writes as it likes. */
    interface TensorSource {
        void writeTo(SafetensorsWriter writer, WeightSpec tensor) throws IOException;
    }

    private final Path folder;
    private final ModelDtype dtype;

    CheckpointWriter(Path folder, ModelDtype dtype) {
        this.folder = folder;
        this.dtype = dtype;
    }

    /** @param shards number of files; no file is without a tensor, so there may be fewer */
    void write(List<WeightSpec> tensors, int shards, TensorSource source) throws IOException {
        List<List<WeightSpec>> parts = split(tensors, shards);
        ObjectNode index = JsonFile.MAPPER.createObjectNode();
        index.putObject("metadata").put("total_size", bytes(tensors));
        ObjectNode weightMap = index.putObject("weight_map");
        for (int part = 0; part < parts.size(); part++) {
            String name = parts.size() == 1
                    ? CheckpointFiles.SINGLE
                    : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", part + 1, parts.size());
            try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(name), dtype,
                    parts.get(part))) {
                for (WeightSpec tensor : parts.get(part)) {
                    source.writeTo(writer, tensor);
                    weightMap.put(tensor.name(), name);
                }
            }
        }
        if (parts.size() > 1) {
            JsonFile.write(folder.resolve(CheckpointFiles.INDEX), index);
        } else {
            Files.deleteIfExists(folder.resolve(CheckpointFiles.INDEX)); // of a model that lay here before
        }
    }

    /** Consecutive runs of tensors of about the same number of bytes. */
    private List<List<WeightSpec>> split(List<WeightSpec> tensors, int shards) {
        long total = bytes(tensors);
        List<List<WeightSpec>> parts = new ArrayList<>();
        List<WeightSpec> part = new ArrayList<>();
        long done = 0;
        for (WeightSpec tensor : tensors) {
            part.add(tensor);
            done += bytes(List.of(tensor));
            if (done >= Math.ceilDiv(total * (parts.size() + 1), shards)) {
                parts.add(part);
                part = new ArrayList<>();
            }
        }
        return parts;
    }

    private long bytes(List<WeightSpec> tensors) {
        return tensors.stream().mapToLong(tensor -> tensor.elements() * dtype.stored().bytes()).sum();
    }
}
