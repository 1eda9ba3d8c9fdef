package dev.pigou.engine.model;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Which safetensors files a folder's weights are in.
 *
 * @param weightMap where the index says each tensor is; empty without an index
 */
record CheckpointFiles(List<Path> paths, Map<String, Path> weightMap) {
    static final String INDEX = "model.safetensors.index.json";
    static final String SINGLE = "model.safetensors";
    private static final String SUFFIX = ".safetensors";

    static CheckpointFiles find(Path folder) {
        Path index = folder.resolve(INDEX);
        Path single = folder.resolve(SINGLE);
        if (Files.exists(index)) {
            return indexed(folder, JsonFile.read(index));
        }
        return new CheckpointFiles(Files.exists(single) ? List.of(single) : all(folder), Map.of());
    }

    private static CheckpointFiles indexed(Path folder, JsonObject index) {
        JsonObject map = index.object("weight_map").orElseThrow(() -> index.missing("weight_map"));
        Map<String, Path> weightMap = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.node().properties()) {
            weightMap.put(entry.getKey(), shard(folder, map, entry.getKey()));
        }
        if (weightMap.isEmpty()) {
            throw index.problem("weight_map", "is empty");
        }
        return new CheckpointFiles(List.copyOf(new TreeSet<>(weightMap.values())), weightMap);
    }

    /** A shard's name is a bare file name: an index must not reach outside its folder. */
    private static Path shard(Path folder, JsonObject map, String tensor) {
        String name = map.string(tensor).orElseThrow(() -> map.missing(tensor));
        if (!name.endsWith(SUFFIX) || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0
                || name.indexOf('\0') >= 0) {
            throw map.problem(tensor,
                    "is " + name + ", but must be the name of a *" + SUFFIX + " file in the folder");
        }
        try {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new ModelFolderException(map.file(), "names " + name + ", which is no file name here", e);
        }
        throw map.problem(tensor, "is in " + name + ", but there is no such file");
    }

    private static List<Path> all(Path folder) {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            stream.forEach(paths::add);
        } catch (IOException | DirectoryIteratorException e) {
            throw new ModelFolderException(folder, "cannot be listed: " + e, e);
        }
        if (paths.isEmpty()) {
            throw new ModelFolderException(folder,
                    "has no weights: neither " + INDEX + " nor any *" + SUFFIX + " file");
        }
        Collections.sort(paths);
        return paths;
    }
}
