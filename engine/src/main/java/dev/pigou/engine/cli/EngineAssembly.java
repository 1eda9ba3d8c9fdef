package dev.pigou.engine.cli;

import dev.pigou.engine.BatchingEngine;
import dev.pigou.engine.Engine;
import dev.pigou.engine.EngineConfig;
import dev.pigou.engine.EngineLimits;
import dev.pigou.engine.EnginePolicies;
import dev.pigou.engine.KvPoolRoom;
import dev.pigou.engine.KvPoolSize;
import dev.pigou.engine.StepBatch;
import dev.pigou.engine.StepTimer;
import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.tenant.Account;
import dev.pigou.engine.torch.TorchBackend;
import dev.pigou.engine.torch.TorchModelRunner;
import dev.pigou.kvcache.KvCacheManager;
import dev.pigou.kvcache.KvGeometry;
import dev.pigou.scheduler.Scheduler;
import dev.pigou.scheduler.SchedulerConfig;
import dev.pigou.scheduler.estimate.StepCost;
import dev.pigou.scheduler.price.Allowance;
import dev.pigou.scheduler.price.Treasury;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;

/**
 * Puts an engine together from an opened model folder: KV pool sized to the device, weights loaded, scheduler and cache
 * around them.
 *
 * @param engine running; the caller closes it
 * @param pool how many blocks it got
 * @param policies what decides in it
 * @param backend what computes its model
 */
public record EngineAssembly(Engine engine, KvPoolSize pool, EnginePolicies policies, TorchBackend backend) {
    /** Of {@code top_logprobs}; the OpenAI API's limit. */
    private static final int MAX_LOGPROBS = 20;
    /** What is left is for what the estimate of a step does not see, and for others. */
    private static final double GPU_MEMORY_UTILIZATION = 0.9;

    /**
     * Loads the model and starts its engine. The folder may be closed afterwards.
     *
     * @param accounts of the tenants; empty if there are none
     * @param progress told the share of layers loaded, in [0, 1]
     * @throws IllegalArgumentException if memory or lengths do not fit; the message says which flag to change
     */
    public static EngineAssembly assemble(ModelFolder folder, TorchBackend backend, EngineConfig config,
            List<Account> accounts, DoubleConsumer progress) {
        return onThreadOfItsOwn(() -> load(folder, backend, config, accounts, progress));
    }

    /**
     * Kernel threads belong to the thread that first wanted them, and stay until it ends. As long as there are more of them
     * than cores OpenMP has them sleep after every kernel, and waking them takes longer than many a kernel does. So whoever
     * loads the model ends before the engine's thread computes with it.
     */
    private static EngineAssembly onThreadOfItsOwn(Supplier<EngineAssembly> load) {
        try (ExecutorService loader = Executors
                .newSingleThreadExecutor(Thread.ofPlatform().name("loader").factory())) {
            return CompletableFuture.supplyAsync(load, loader).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }

    private static EngineAssembly load(ModelFolder folder, TorchBackend backend, EngineConfig config,
            List<Account> accounts, DoubleConsumer progress) {
        ModelConfig model = folder.config();
        var geometry = new KvGeometry(model.layers(), model.kvHeads(), model.headDim(),
                backend.dtype().stored().bytes(), config.blockSize());
        KvPoolSize pool = KvPoolSize.fit(config, geometry, model.maxContextTokens(),
                room(backend, folder, config));
        requireRotationFits(pool, model);
        var batch = new StepBatch(config.blockSize(), model.vocabSize(), new SecureRandom().nextLong());
        var limits = new EngineLimits(model.vocabSize(), pool.maxModelLen(),
                Math.min(MAX_LOGPROBS, model.vocabSize()));
        var runner = TorchModelRunner.load(backend, folder, pool.maxModelLen(), config.blockSize(),
                pool.blocks() + 1, progress);
        var scheduling = new SchedulerConfig(config.maxNumSeqs(), config.maxNumBatchedTokens(),
                pool.maxModelLen(), model.eosTokenIds().stream().mapToInt(Integer::intValue).toArray());
        try {
            StepCost cost = new StepTimer(runner, batch, scheduling, config.blockSize(), pool.blocks())
                    .measure();
            EnginePolicies policies = EnginePolicies.of(config, cost, pool.blocks());
            policies.pricing().ifPresent(pricing -> open(accounts, pricing.treasury(), config));
            var cache = new KvCacheManager(pool.blocks(), config.blockSize(), config.prefixCaching(),
                    policies.retention(), policies.prefillCost());
            var engine = new BatchingEngine(new Scheduler(scheduling, policies.scheduling(), cache), runner,
                    batch, limits, config.maxNumSeqs(), config.maxNumQueuedReqs(),
                    config.asyncScheduling().orElse(backend.device().isGpu()));
            return new EngineAssembly(engine, pool, policies, backend);
        } catch (RuntimeException e) {
            runner.close();
            throw e;
        }
    }

    /** Before the engine's thread runs, which owns the treasury from then on. */
    private static void open(List<Account> accounts, Treasury treasury, EngineConfig config) {
        if (config.rebateRevenue()) {
            treasury.rebateByShare();
        }
        long now = System.nanoTime();
        for (Account account : accounts) {
            account.budget().ifPresentOrElse(
                    budget -> treasury.open(account.tenant(),
                            new Allowance(budget.refillPerSecond(), budget.cap(), budget.balance(),
                                    account.memoryFloor()),
                            now),
                    () -> treasury.grantFloor(account.tenant(), account.memoryFloor()));
        }
    }

    /** The angles of every position are computed on the heap, half a head each, in one array. */
    private static void requireRotationFits(KvPoolSize pool, ModelConfig model) {
        int most = Integer.MAX_VALUE / Math.max(1, model.headDim() / 2);
        if (pool.maxModelLen() > most) {
            throw new IllegalArgumentException(
                    "a context of " + pool.maxModelLen() + " tokens is longer than this"
                            + " engine can address: give --max-model-len at most " + most);
        }
    }

    private static KvPoolRoom room(TorchBackend backend, ModelFolder folder, EngineConfig config) {
        var room = new KvPoolRoom(backend.device().memory(), backend.weightBytes(folder),
                backend.stepBytes(folder.config(), config.maxNumBatchedTokens(), config.maxNumSeqs()),
                utilization(backend, config));
        if (room.most() <= 0) {
            throw new IllegalArgumentException(
                    "the weights take " + new ByteSize(room.weights()) + " as " + backend.numbers() + ", but "
                            + backend.device().name() + " has " + new ByteSize(room.memory().free())
                            + " free: choose a smaller --model, a --dtype of 16 bits, or another --device");
        }
        return room;
    }

    /** On a CPU nobody knows what else needs memory; PyTorch's own kernels want room for copies of what attention reads. */
    private static OptionalDouble utilization(TorchBackend backend, EngineConfig config) {
        OptionalDouble asked = config.gpuMemoryUtilization();
        if (backend.device().isGpu()) {
            return asked.isPresent() || !backend.kernels().isNative()
                    ? asked
                    : OptionalDouble.of(GPU_MEMORY_UTILIZATION);
        }
        if (asked.isPresent()) {
            throw new IllegalArgumentException("--gpu-memory-utilization is for GPUs, but --device is "
                    + backend.device().name() + ": give --kv-cache-memory-bytes instead");
        }
        return asked;
    }
}
