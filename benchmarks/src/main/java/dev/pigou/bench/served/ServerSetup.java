package dev.pigou.bench.served;

import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.tenant.KeyHash;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server is started with.
 *
 * @param policy as {@code --scheduling-policy} has it
 * @param kvBlocks usable blocks of the KV cache, of 16 tokens
 * @param threads that its kernels compute with
 * @param keys API keys by tenant
 * @param folder its configuration file, log and ledger are there; it must exist
 */
public record ServerSetup(Path model, String policy, int kvBlocks, int threads, Map<String, String> keys,
        Path folder) {
    private static final int BLOCK_TOKENS = 16;
    private static final int KEYS_AND_VALUES = 2;

    public ServerSetup {
        keys = Map.copyOf(keys);
        if (kvBlocks < 1 || threads < 1) {
            throw new IllegalArgumentException("a server needs at least one KV block and one thread, but has "
                    + kvBlocks + " and " + threads);
        }
    }

    Path ledger() { return folder.resolve(policy + ".db"); }

    Path log() { return folder.resolve(policy + ".log"); }

    Path configFile() { return folder.resolve(policy + ".toml"); }

    /** The configuration file. Of keys it has the hashes only. */
    String config() {
        StringBuilder toml = new StringBuilder();
        line(toml, "model", quoted(model.toAbsolutePath().toString()));
        line(toml, "device", quoted("cpu"));
        line(toml, "port", "0");
        line(toml, "scheduling-policy", quoted(policy));
        line(toml, "kv-cache-memory-bytes", quoted(String.valueOf(kvBytes())));
        line(toml, "max-num-queued-reqs", "100000");
        line(toml, "shutdown-timeout", "1");
        line(toml, "ledger", quoted(ledger().toAbsolutePath().toString()));
        new TreeMap<>(keys).forEach((tenant, key) -> {
            toml.append("\n[tenants.").append(quoted(tenant)).append("]\n");
            line(toml, "keys", "[" + quoted(KeyHash.of(key).hex()) + "]");
        });
        return toml.toString();
    }

    /** One block more than is usable, because the engine keeps one for itself. */
    private long kvBytes() {
        try (ModelFolder opened = ModelFolder.open(model)) {
            ModelConfig shape = opened.config();
            long tokenBytes = (long) KEYS_AND_VALUES * shape.layers() * shape.kvHeads() * shape.headDim()
                    * opened.autoDtype().stored().bytes();
            return (kvBlocks + 1L) * BLOCK_TOKENS * tokenBytes;
        }
    }

    private static void line(StringBuilder toml, String key, String value) {
        toml.append(key).append(" = ").append(value).append('\n');
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
