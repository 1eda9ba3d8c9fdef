package dev.pigou.bench.cli;

import dev.pigou.bench.load.report.AtomicFile;
import dev.pigou.bench.load.report.Experiment;
import dev.pigou.bench.load.report.Goodput;
import dev.pigou.bench.load.report.file.ResultFile;
import dev.pigou.bench.load.report.html.HtmlReport;
import dev.pigou.bench.load.report.text.SummaryTable;
import dev.pigou.bench.load.result.RunResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags that say what is made of the results; names as {@code vllm bench serve}'s where it has one. */
final class ReportFlags {
    @Option(names = "--result-filename", paramLabel = "FILE", description = ""
            + "Write the results as JSON, with vLLM's key names where it has one and every request besides.")
    private @Nullable Path resultFilename;

    @Option(names = "--save-result", description = ""
            + "The same, under vLLM's name for it: LABEL-RATEqps-MODEL-DATE.json, if --result-filename gives none.")
    private boolean saveResult;

    @Option(names = "--result-dir", paramLabel = "DIR", description = ""
            + "The folder that --result-filename and --html are in; made if it is not there.")
    private @Nullable Path resultDir;

    @Option(names = "--save-detailed", description = ""
            + "Put vLLM's arrays of every request (ttfts, itls, ...) at the top level of the JSON too.")
    private boolean saveDetailed;

    @Option(names = "--metric-percentiles", paramLabel = "P", split = ",", description = ""
            + "Percentiles of all latencies in the JSON, besides those of the table: 25,75 for p25_ttft_ms and so on.")
    private List<Double> percentiles = List.of();

    @Option(names = "--html", paramLabel = "FILE", description = ""
            + "Write the report as one HTML file that needs nothing but a browser.")
    private @Nullable Path html;

    @Option(names = "--goodput", paramLabel = "NAME:MS", arity = "1..*", description = ""
            + "Objectives in milliseconds, such as ttft:200 tpot:50 e2el:3000. Goodput is the requests a second that "
            + "meet all of them.")
    private List<String> goodput = List.of();

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", arity = "1..*", description = ""
            + "Written into the JSON and the HTML, to say what a figure cannot.")
    private List<String> metadata = List.of();

    /** Before anything is run: throws IllegalArgumentException if the results could not be told afterwards. */
    void check() {
        objectives();
        metadata();
        percentiles.forEach(each -> Flag.require(each >= 0 && each <= 100, "--metric-percentiles", each,
                "from 0 to 100"));
        if (resultDir != null) {
            try {
                Files.createDirectories(resultDir);
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "--result-dir " + resultDir + " cannot be made: " + AtomicFile.reason(e), e);
            }
        }
        resultFile().or(this::anyResultFile).ifPresent(AtomicFile::check);
        htmlFile().ifPresent(AtomicFile::check);
        if (resultFile().isPresent() && resultFile().equals(htmlFile())) {
            throw new IllegalArgumentException("--result-filename and --html name the same file");
        }
    }

    /**
     * Prints the table and writes the files that were asked for.
     *
     * @param runs at least one, in the order they ran
     * @param command that makes them again
     */
    void report(List<RunResult> runs, String command, PrintWriter out) {
        var experiment = new Experiment(runs, objectives(), metadata(), machine(), command);
        out.print(SummaryTable.of(experiment));
        resultFile().or(() -> vllmsName(runs.getFirst())).ifPresent(file -> {
            ResultFile.write(file, experiment, percentiles, saveDetailed);
            out.println("Wrote " + file);
        });
        htmlFile().ifPresent(file -> {
            HtmlReport.write(file, experiment);
            out.println("Wrote " + file);
        });
        out.flush();
    }

    private Goodput objectives() { return Goodput.parse(goodput); }

    private Map<String, String> metadata() {
        Map<String, String> entries = new LinkedHashMap<>();
        for (String entry : metadata) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "--metadata takes KEY=VALUE; '" + entry + "' is not of this form");
            }
            entries.put(entry.substring(0, equals).strip(), entry.substring(equals + 1).strip());
        }
        return entries;
    }

    private Optional<Path> resultFile() { return Optional.ofNullable(resultFilename).map(this::placed); }

    /** Stands for the file whose name is known only when the server has named its model. */
    private Optional<Path> anyResultFile() {
        return saveResult ? Optional.of(placed(Path.of("result.json"))) : Optional.empty();
    }

    private Optional<Path> vllmsName(RunResult first) {
        return saveResult ? Optional.of(placed(ResultFile.vllmsName(first))) : Optional.empty();
    }

    private Optional<Path> htmlFile() { return Optional.ofNullable(html).map(this::placed); }

    private Path placed(Path file) { return resultDir == null ? file : resultDir.resolve(file); }

    /** What the harness runs on: the server may be elsewhere. */
    private static String machine() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, Java " + Runtime.version();
    }
}
