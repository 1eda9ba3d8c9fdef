package dev.pigou.engine.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The header of a safetensors file, checked as the format's reference implementation checks it: every
 * tensor's bytes are what its dtype and shape need, and together the tensors fill the data section without
 * overlap or hole.
 */
final class SafetensorsHeader {
    static final String METADATA = "__metadata__";

    /** The reference implementation's limit. */
    static final long MAX_BYTES = 100_000_000;

    private final Path file;
    private final long dataBytes;

    private SafetensorsHeader(Path file, long dataBytes) {
        this.file = file;
        this.dataBytes = dataBytes;
    }

    /** @param begin, end the tensor's bytes, [begin, end), counted from the start of the data section */
    record Entry(String name, SafetensorsDtype dtype, List<Long> shape, long begin, long end) {}

    /**
     * Parses and checks a header.
     *
     * @param json the header's bytes
     * @param dataBytes length of the data section
     * @return the tensors in the order of their data
     */
    static List<Entry> parse(Path file, byte[] json, long dataBytes) {
        SafetensorsHeader header = new SafetensorsHeader(file, dataBytes);
        List<Entry> entries = new ArrayList<>();
        JsonFile.parse(file, "the safetensors header ", json, (name, node) -> {
            if (name.equals(METADATA)) {
                header.checkMetadata(node);
            } else {
                entries.add(header.entry(name, node));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        header.checkContiguous(entries);
        return entries;
    }

    private void checkMetadata(JsonNode node) {
        if (!node.isObject() || !node.valueStream().allMatch(JsonNode::isString)) {
            throw new ModelFolderException(file, METADATA + " must be an object of strings");
        }
    }

    private Entry entry(String name, JsonNode node) {
        if (!(node instanceof ObjectNode tensor)) {
            throw problem(name, "must be an object with dtype, shape and data_offsets");
        }
        SafetensorsDtype dtype = dtype(name, tensor.get("dtype"));
        List<Long> shape = naturals(name, "shape", tensor.get("shape"));
        List<Long> offsets = naturals(name, "data_offsets", tensor.get("data_offsets"));
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw problem(name,
                    "data_offsets are " + offsets + ", but must be [begin, end] with begin <= end");
        }
        if (offsets.get(1) > dataBytes) {
            throw problem(name, "data_offsets " + offsets + " pass the end of the file's " + dataBytes
                    + " data bytes (is the file cut short?)");
        }
        long needed = bytes(name, dtype, shape);
        long given = offsets.get(1) - offsets.get(0);
        if (needed != given) {
            throw problem(name, "shape " + shape + " of " + dtype + " needs " + needed
                    + " bytes, but data_offsets " + offsets + " give " + given);
        }
        return new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private SafetensorsDtype dtype(String name, @Nullable JsonNode node) {
        if (node == null || !node.isString()) {
            throw problem(name, "dtype is " + JsonFile.brief(node) + ", but must be a string");
        }
        return SafetensorsDtype.named(node.stringValue())
                .orElseThrow(() -> problem(name, "has the unknown dtype " + node.stringValue()
                        + "; known are " + List.of(SafetensorsDtype.values())));
    }

    private List<Long> naturals(String name, String key, @Nullable JsonNode node) {
        if (node == null || !node.isArray()) {
            throw problem(name, key + " is " + JsonFile.brief(node) + ", but must be a list of integers");
        }
        List<Long> naturals = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
                throw problem(name, key + " has the element " + JsonFile.brief(element)
                        + ", but must be integers of at least 0");
            }
            naturals.add(element.longValue());
        }
        return naturals;
    }

    private long bytes(String name, SafetensorsDtype dtype, List<Long> shape) {
        try {
            long bytes = dtype.bytes();
            for (long dimension : shape) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw new ModelFolderException(file, "tensor " + name + ": shape " + shape + " is too large", e);
        }
    }

    private void checkContiguous(List<Entry> entries) {
        long end = 0;
        for (Entry entry : entries) {
            if (entry.begin() != end) {
                throw problem(entry.name(),
                        "starts at byte " + entry.begin() + " of the data, but the tensor before ends at "
                                + end + ": tensors may neither overlap nor leave holes");
            }
            end = entry.end();
        }
        if (end != dataBytes) {
            throw new ModelFolderException(file,
                    "the tensors end at byte " + end + " of the data, but the file has " + dataBytes
                            + " bytes of it: it is cut short or something is appended");
        }
    }

    private ModelFolderException problem(String name, String problem) {
        return new ModelFolderException(file, "tensor " + name + ": " + problem);
    }
}
