package dev.pigou.bench.sim;

import dev.pigou.kvcache.RetentionView;
import dev.pigou.scheduler.Tenant;
import dev.pigou.scheduler.estimate.OutputLengths;
import java.util.List;

/**
 * What a policy is told before the first request comes.
 *
 * @param lengths its view of how long answers get
 * @param seed of what a policy leaves to chance; none does but for comparison
 */
public record Known(MachineSettings machine, List<Tenant> tenants, OutputLengths lengths,
        RetentionView retention, long seed) {}
