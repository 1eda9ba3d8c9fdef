package dev.pigou.bench.jmh.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** What times depend on, beside the code. */
record Machine(String processor, int cores, String jdk) {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final String MODEL_NAME = "model name";

    static Machine here() {
        String jdk = System.getProperty("java.vendor") + " " + Runtime.version();
        return new Machine(processorName(), Runtime.getRuntime().availableProcessors(), jdk);
    }

    private static String processorName() {
        try (Stream<String> lines = Files.lines(CPUINFO)) {
            return lines.filter(line -> line.startsWith(MODEL_NAME)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElseGet(() -> System.getProperty("os.arch"));
        } catch (IOException e) { // no Linux
            return Objects.requireNonNullElse(System.getenv("PROCESSOR_IDENTIFIER"),
                    System.getProperty("os.arch"));
        }
    }

    @Override
    public String toString() { return processor + ", " + cores + " cores, JDK " + jdk; }
}
