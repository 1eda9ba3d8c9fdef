package dev.pigou.engine.torch.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Where the plugin comes from: built once on each machine, from the sources of this clone. What is found again is what
 * the same sources, compiler and PyTorch made. Safe to use from any thread.
 */
public final class PluginBuild {
    private static final Logger LOG = LoggerFactory.getLogger(PluginBuild.class);
    private static final String TARGET = "pigou_cpu";
    private static final String LIBRARY = System.mapLibraryName(TARGET);

    private final Map<String, String> environment;
    private final LibraryCache cache;
    private final Optional<PluginSources> sources;

    /** @param environment variables of the process */
    public PluginBuild(Map<String, String> environment) {
        this(environment, LibraryCache.ofUser(environment), PluginSources.find());
    }

    PluginBuild(Map<String, String> environment, LibraryCache cache, Optional<PluginSources> sources) {
        this.environment = Map.copyOf(environment);
        this.cache = cache;
        this.sources = sources;
    }

    /**
     * The CPU library; compiles it, for some seconds, if it has never been.
     *
     * @param torchVersion of the PyTorch that will load it
     * @throws PluginUnavailableException if there are no sources, no compiler, or the build fails
     */
    public Path cpuLibrary(String torchVersion) throws PluginUnavailableException {
        PluginSources found = sources.orElseThrow(() -> new PluginUnavailableException(
                "the sources of the kernels, the folder native of a clone, are not here"));
        Toolchain toolchain = Toolchain.find(environment);
        return cache.get(key(found, toolchain, torchVersion), LIBRARY, folder -> {
            LOG.info("Building the kernels with {}, once", toolchain.compiler());
            toolchain.build(found, TARGET, folder);
            return folder.resolve(LIBRARY);
        });
    }

    private static String key(PluginSources sources, Toolchain toolchain, String torchVersion)
            throws PluginUnavailableException {
        MessageDigest digest = Checksum.start();
        String made = String.join("\n", toolchain.version(), torchVersion, System.getProperty("os.name"),
                System.getProperty("os.arch"), "");
        digest.update(made.getBytes(UTF_8));
        try {
            sources.digest(digest);
        } catch (IOException e) {
            throw new PluginUnavailableException("the sources of the kernels cannot be read: " + e, e);
        }
        return Checksum.end(digest).substring(0, 32);
    }
}
