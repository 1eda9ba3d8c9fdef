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
        return library("cpu", Toolchain.find(environment), torchVersion);
    }

    /**
     * The CUDA library, to be loaded after the CPU one; compiles it, for a minute or two, if it has never been.
     *
     * @param architecture compute capability of the GPU without its dot, such as {@code 90}
     * @throws PluginUnavailableException if there are no sources, no compiler, no nvcc, or the build fails
     */
    public Path cudaLibrary(String torchVersion, String architecture) throws PluginUnavailableException {
        return library("cuda", Toolchain.findWithCuda(environment), torchVersion, "-DPIGOU_CUDA=ON",
                "-DPIGOU_CUDA_ARCHITECTURES=" + architecture);
    }

    private Path library(String part, Toolchain toolchain, String torchVersion, String... options)
            throws PluginUnavailableException {
        PluginSources found = sources.orElseThrow(() -> new PluginUnavailableException(
                "the sources of the kernels, the folder native of a clone, are not here"));
        String target = "pigou_" + part;
        String name = System.mapLibraryName(target);
        String made = String.join("\n", toolchain.version(), torchVersion, String.join(" ", options),
                System.getProperty("os.name"), System.getProperty("os.arch"), "");
        return cache.get(key(found, part, made), name, folder -> {
            LOG.info("Building the kernels for {} with {}, once", part, toolchain.compiler());
            toolchain.build(found, target, folder, options);
            return folder.resolve(name);
        });
    }

    private static String key(PluginSources sources, String part, String made)
            throws PluginUnavailableException {
        MessageDigest digest = Checksum.start();
        digest.update(made.getBytes(UTF_8));
        try {
            sources.digest(digest, part);
        } catch (IOException e) {
            throw new PluginUnavailableException("the sources of the kernels cannot be read: " + e, e);
        }
        return Checksum.end(digest).substring(0, 32);
    }
}
