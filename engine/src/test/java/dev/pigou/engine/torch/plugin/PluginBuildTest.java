package dev.pigou.engine.torch.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The real tools, on sources that compile in no time. */
class PluginBuildTest {
    @TempDir
    private Path folder;

    private Path source;

    @BeforeEach
    void writeSources() throws IOException {
        Files.createDirectories(folder.resolve("native/cpu"));
        Files.createDirectories(folder.resolve("native/cuda"));
        Files.writeString(folder.resolve("native/CMakeLists.txt"), """
                cmake_minimum_required(VERSION 3.20)
                project(small LANGUAGES CXX)
                add_library(pigou_cpu SHARED cpu/one.cpp)
                if(PIGOU_CUDA)
                  add_library(pigou_cuda SHARED cuda/two.cpp)
                  target_compile_definitions(pigou_cuda PRIVATE ARCHITECTURE=${PIGOU_CUDA_ARCHITECTURES})
                endif()
                """);
        Files.writeString(folder.resolve("native/cuda/two.cpp"), "int two() { return ARCHITECTURE; }\n");
        source = Files.writeString(folder.resolve("native/cpu/one.cpp"), "int one() { return 1; }\n");
    }

    private Path build(Map<String, String> environment, String torchVersion)
            throws PluginUnavailableException {
        return plugin(environment).cpuLibrary(torchVersion);
    }

    private PluginBuild plugin(Map<String, String> environment) {
        var sources = Optional.of(new PluginSources(folder.resolve("native")));
        return new PluginBuild(environment, new LibraryCache(folder.resolve("cache")), sources);
    }

    /** The environment with an nvcc that only says its name. */
    private Map<String, String> withNvcc() throws IOException {
        Path nvcc = Files.writeString(folder.resolve("nvcc"), "#!/bin/sh\necho nvcc 13\n");
        assertThat(nvcc.toFile().setExecutable(true)).isTrue();
        var environment = new HashMap<>(System.getenv());
        environment.put("CUDACXX", nvcc.toString());
        return environment;
    }

    private static void assumeTools() {
        try {
            Toolchain.find(System.getenv());
        } catch (PluginUnavailableException e) {
            Assumptions.abort("NOT TESTED: builds, for " + e.getMessage());
        }
    }

    @Test
    void theSameSourcesAreBuiltOnce() throws Exception {
        assumeTools();
        Path library = build(System.getenv(), "2.7.1");
        var built = Files.getLastModifiedTime(library);
        assertThat(build(System.getenv(), "2.7.1")).isEqualTo(library);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(built);
    }

    @Test
    void otherSourcesOrAnotherTorchGiveAnotherLibrary() throws Exception {
        assumeTools();
        Path library = build(System.getenv(), "2.7.1");
        assertThat(build(System.getenv(), "2.8.0")).isNotEqualTo(library);
        Files.writeString(source, "int one() { return 2; }\n");
        assertThat(build(System.getenv(), "2.7.1")).isNotEqualTo(library);
    }

    @Test
    void eachArchitectureHasItsCudaLibrary() throws Exception {
        assumeTools();
        PluginBuild plugin = plugin(withNvcc());
        Path library = plugin.cudaLibrary("2.7.1", "90");
        assertThat(library).hasFileName(System.mapLibraryName("pigou_cuda"));
        assertThat(plugin.cudaLibrary("2.7.1", "90")).isEqualTo(library);
        assertThat(plugin.cudaLibrary("2.7.1", "80")).isNotEqualTo(library);
        Path cpu = plugin.cpuLibrary("2.7.1");
        Files.writeString(folder.resolve("native/cuda/two.cpp"), "int two() { return -ARCHITECTURE; }\n");
        assertThat(plugin.cudaLibrary("2.7.1", "90")).isNotEqualTo(library);
        assertThat(plugin.cpuLibrary("2.7.1")).isEqualTo(cpu);
    }

    @Test
    void aMissingNvccIsNamedWithItsCure() {
        assumeTools();
        var environment = new HashMap<>(System.getenv());
        environment.put("CUDACXX", "/nowhere/nvcc");
        assertThatThrownBy(() -> plugin(environment).cudaLibrary("2.7.1", "90"))
                .isInstanceOf(PluginUnavailableException.class).hasMessageContaining("CUDACXX names")
                .hasMessageContaining("/nowhere/nvcc");
    }

    @Test
    void aCompileErrorIsQuoted() throws Exception {
        assumeTools();
        Files.writeString(source, "int one() { return nothing; }\n");
        assertThatThrownBy(() -> build(System.getenv(), "2.7.1"))
                .isInstanceOf(PluginUnavailableException.class).hasMessageContaining("one.cpp:1")
                .hasMessageContaining("nothing");
    }

    @Test
    void missingToolsAreNamedWithTheirCure() throws IOException {
        assertThatThrownBy(() -> build(Map.of("PATH", "/nowhere:"), "2.7.1"))
                .isInstanceOf(PluginUnavailableException.class).hasMessageContaining("no CMake on the PATH")
                .hasMessageContaining("apt install");
        Path cmake = Files.writeString(folder.resolve("cmake"), "#!/bin/sh\necho version 3\n");
        assertThat(cmake.toFile().setExecutable(true)).isTrue();
        assertThatThrownBy(() -> build(Map.of("PATH", folder.toString()), "2.7.1"))
                .hasMessageContaining("no C++ compiler on the PATH");
        assertThatThrownBy(() -> build(Map.of("PATH", folder.toString(), "CXX", "superc++"), "2.7.1"))
                .hasMessageContaining("CXX names").hasMessageContaining("superc++");
    }

    @Test
    void aCompilerThatCannotRunIsNamed() throws Exception {
        assumeTools();
        Path broken = Files.writeString(folder.resolve("broken"),
                "#!/bin/sh\necho 'licence error'\nexit 1\n");
        assertThat(broken.toFile().setExecutable(true)).isTrue();
        var environment = new HashMap<>(System.getenv());
        environment.put("CXX", broken.toString());
        assertThatThrownBy(() -> build(environment, "2.7.1")).isInstanceOf(PluginUnavailableException.class)
                .hasMessageContaining(broken.toString()).hasMessageContaining("licence error");
    }

    @Test
    void theSourcesOfThisCloneAreFound() {
        assertThat(PluginSources.find()).map(PluginSources::folder).get()
                .satisfies(found -> assertThat(found.resolve("ops.h")).exists());
    }
}
