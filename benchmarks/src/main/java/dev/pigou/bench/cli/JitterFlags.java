package dev.pigou.bench.cli;

import dev.pigou.bench.sim.Jitter;
import dev.pigou.bench.sim.MachineSettings;
import picocli.CommandLine.Option;

/** What disturbs the machine. */
final class JitterFlags {
    @Option(names = "--step-noise", paramLabel = "SIGMA", defaultValue = "0", description = "Each step takes a log-normal factor longer or shorter. Default: ${DEFAULT-VALUE}.")
    private double stepNoise;

    @Option(names = "--pauses-per-minute", paramLabel = "N", defaultValue = "0", description = "Rare pauses, as of a garbage collection. Default: ${DEFAULT-VALUE}.")
    private double pausesPerMinute;

    @Option(names = "--pause", paramLabel = "SECONDS", defaultValue = "1", description = "How long each takes. Default: ${DEFAULT-VALUE}.")
    private double pauseSeconds;

    MachineSettings disturbed(MachineSettings machine) {
        return new MachineSettings(machine.kvBlocks(), machine.blockSize(), machine.maxNumSeqs(),
                machine.maxNumBatchedTokens(), machine.cost(),
                new Jitter.Settings(stepNoise, pausesPerMinute, pauseSeconds), machine.wakeMillis());
    }
}
