package dev.pigou.engine.cli;

import dev.pigou.engine.http.HttpConfig;
import dev.pigou.engine.tenant.ApiKeys;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags of the front end; names as vLLM's where it has one. */
final class HttpFlags {
    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1", description = ""
            + "Address to listen on; 0.0.0.0 for every one. Default: ${DEFAULT-VALUE}.")
    private String host = "";

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8000", description = ""
            + "Port to listen on; 0 takes any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--api-key", paramLabel = "KEY", description = ""
            + "What clients must send as a bearer token. Default: nothing is asked for.")
    private @Nullable String apiKey;

    @Option(names = "--max-body-bytes", paramLabel = "SIZE", defaultValue = "16MiB", converter = ByteSize.Converter.class, description = ""
            + "Longer request bodies get 413. Default: ${DEFAULT-VALUE}.")
    private ByteSize maxBody = new ByteSize(0);

    @Option(names = "--stall-timeout", paramLabel = "SECONDS", defaultValue = "30", description = ""
            + "A client that reads nothing of its answer for so long has gone. Default: ${DEFAULT-VALUE}.")
    private int stallTimeoutSeconds;

    @Option(names = "--shutdown-timeout", paramLabel = "SECONDS", defaultValue = "30", description = ""
            + "How long running requests may go on after SIGTERM. Default: ${DEFAULT-VALUE}.")
    private int shutdownTimeoutSeconds;

    /** @param tenants the keys of configured tenants, if there are any */
    HttpConfig config(ApiKeys tenants) {
        require(port >= 0 && port <= 65_535, "--port", port, "from 0 to 65535");
        require(stallTimeoutSeconds >= 1, "--stall-timeout", stallTimeoutSeconds, "at least 1");
        requireBodiesFit();
        HttpConfig defaults = HttpConfig.listeningOn(host, port);
        HttpConfig config = defaults.withMaxBodyBytes((int) maxBody.bytes()).withTimeouts(
                defaults.headerTimeout(), defaults.bodyTimeout(), defaults.keepAliveTimeout(),
                Duration.ofSeconds(stallTimeoutSeconds));
        return config.withKeys(keys(tenants));
    }

    private ApiKeys keys(ApiKeys tenants) {
        if (apiKey == null) {
            return tenants;
        }
        if (apiKey.isBlank()) {
            throw new IllegalArgumentException("--api-key must not be empty; leave it out to ask for none");
        }
        if (tenants.areRequired()) {
            throw new IllegalArgumentException(
                    "--api-key and [tenants] exclude each other: with tenants, each has keys of its own");
        }
        return ApiKeys.single(apiKey);
    }

    /** A body is refused for its length, or for want of memory just now; never for want of memory for ever. */
    private void requireBodiesFit() {
        long most = Math.min(HttpConfig.DEFAULT_MAX_PENDING_BODY_BYTES, 1 << 30);
        if (maxBody.bytes() < 1024 || maxBody.bytes() > most) {
            throw new IllegalArgumentException("--max-body-bytes must be from 1 KiB to " + new ByteSize(most)
                    + ", but is " + maxBody + "; a larger Java heap (PIGOU_JAVA_OPTS=-Xmx4g) allows more");
        }
    }

    Duration shutdownTimeout() {
        require(shutdownTimeoutSeconds >= 0, "--shutdown-timeout", shutdownTimeoutSeconds, "at least 0");
        return Duration.ofSeconds(shutdownTimeoutSeconds);
    }

    private static void require(boolean holds, String flag, long value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(flag + " must be " + range + ", but is " + value);
        }
    }
}
