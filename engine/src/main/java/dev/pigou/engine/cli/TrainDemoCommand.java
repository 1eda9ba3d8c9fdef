package dev.pigou.engine.cli;

import dev.pigou.engine.demo.DemoModel;
import dev.pigou.engine.demo.DemoTraining;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pigou train-demo}: trains the bundled models from nothing. */
@Command(name = "train-demo", description = {"Train the demo models from nothing, on tasks made from a seed.",
        "Each is written to a folder of its own, with a model card that says what it can do."}, mixinStandardHelpOptions = true, sortOptions = false)
final class TrainDemoCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "Where the model folders go.")
    private @Nullable Path folder;

    @Option(names = "--model", paramLabel = "NAME", description = "demo or mini. Default: both, one after the other.")
    private @Nullable DemoModel model;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "17", description = ""
            + "Everything random follows from it. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--steps", paramLabel = "N", description = "Optimiser steps. Default: those of the bundled model.")
    private @Nullable Integer steps;

    @Option(names = "--threads", paramLabel = "N", description = "Cores to use. Default: all.")
    private @Nullable Integer threads;

    @Option(names = "--questions", paramLabel = "N", defaultValue = "200", description = ""
            + "Held-out questions of each task to score the model on. Default: ${DEFAULT-VALUE}.")
    private int questions;

    @Option(names = "--save-every", paramLabel = "MINUTES", defaultValue = "5", description = ""
            + "How often the half-trained model is written. Default: ${DEFAULT-VALUE}.")
    private int saveEveryMinutes;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Path parent = Objects.requireNonNull(folder);
        int cores = threads != null ? threads : Runtime.getRuntime().availableProcessors();
        for (DemoModel each : model != null ? List.of(model) : List.of(DemoModel.values())) {
            var options = new DemoTraining.Options(each, parent.resolve(each.folder()), seed,
                    steps != null ? steps : each.steps(), cores, Duration.ofMinutes(saveEveryMinutes),
                    questions);
            try {
                Files.createDirectories(options.folder()); // fails now, and not after hours
                out.println("Training " + options.folder());
                DemoTraining.run(options, out::println);
            } catch (IOException e) {
                throw FileFailure.of(options.folder(), e);
            }
        }
        return 0;
    }
}
