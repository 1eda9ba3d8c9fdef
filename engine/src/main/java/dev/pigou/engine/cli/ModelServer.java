package dev.pigou.engine.cli;

import dev.pigou.engine.Engine;
import dev.pigou.engine.EngineConfig;
import dev.pigou.engine.KvPoolSize;
import dev.pigou.engine.http.HttpConfig;
import dev.pigou.engine.http.HttpServer;
import dev.pigou.engine.http.ListenException;
import dev.pigou.engine.ledger.Ledger;
import dev.pigou.engine.ledger.SqliteLedger;
import dev.pigou.engine.ledger.WalletHistory;
import dev.pigou.engine.model.GenerationDefaults;
import dev.pigou.engine.model.ModelConfig;
import dev.pigou.engine.model.ModelFolder;
import dev.pigou.engine.model.ModelFolderException;
import dev.pigou.engine.openai.OpenAiApi;
import dev.pigou.engine.openai.SamplingDefaults;
import dev.pigou.engine.openai.ServedModel;
import dev.pigou.engine.openai.ServiceTiers;
import dev.pigou.engine.openai.TextThreads;
import dev.pigou.engine.ops.ServerMetrics;
import dev.pigou.engine.ops.StepCostFile;
import dev.pigou.engine.tenant.Account;
import dev.pigou.engine.text.ChatTemplate;
import dev.pigou.engine.text.HfTokenizer;
import dev.pigou.engine.text.Tokenizer;
import dev.pigou.engine.torch.TorchBackend;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One model behind one HTTP server, from loading to shutdown. Methods are safe to call from any thread. */
public final class ModelServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ModelServer.class);
    /** Requests handed to the text threads and not yet taken up, before new ones are refused. */
    private static final int MAX_WAITING_FOR_TEXT = 4096;

    private final EngineAssembly assembly;
    private final String modelName;
    private final int blockSize;
    private final Tokenizer tokenizer;
    private final TextThreads textThreads;
    private final HttpServer http;
    private final Optional<SqliteLedger> ledger;
    private final Optional<Path> stepCost;
    private final AtomicBoolean stopping = new AtomicBoolean();
    /** When nothing more is answered: why the engine is dead, if that is the reason. */
    private final CompletableFuture<Optional<String>> end = new CompletableFuture<>();

    private ModelServer(EngineAssembly assembly, String modelName, int blockSize, Tokenizer tokenizer,
            TextThreads textThreads, HttpServer http, Optional<SqliteLedger> ledger,
            Optional<Path> stepCost) {
        this.assembly = assembly;
        this.modelName = modelName;
        this.blockSize = blockSize;
        this.tokenizer = tokenizer;
        this.textThreads = textThreads;
        this.http = http;
        this.ledger = ledger;
        this.stepCost = stepCost;
        assembly.engine().broken().thenAccept(reason -> end.complete(Optional.of(reason)));
    }

    /**
     * Loads everything and listens. What can be refused cheaply is refused before the weights are read.
     *
     * @throws IllegalArgumentException if flags do not fit the machine or each other
     * @throws ModelFolderException if the folder cannot be served
     * @throws ListenException if the address cannot be listened on
     */
    static ModelServer start(ModelFlags flags, EngineConfig config, HttpConfig httpConfig, ServiceTiers tiers,
            ServerFiles files, ProgressLine progress) {
        HttpServer.requireFree(httpConfig);
        Optional<SqliteLedger> ledger = files.ledger().map(SqliteLedger::open);
        try {
            return load(flags, config, httpConfig, tiers, ledger, files, progress);
        } catch (RuntimeException e) {
            ledger.ifPresent(SqliteLedger::close);
            throw e;
        }
    }

    private static ModelServer load(ModelFlags flags, EngineConfig config, HttpConfig httpConfig,
            ServiceTiers tiers, Optional<SqliteLedger> ledger, ServerFiles files, ProgressLine progress) {
        Path path = flags.folder();
        try (ModelFolder folder = ModelFolder.open(path)) {
            Optional<ChatTemplate> template = template(path);
            Tokenizer tokenizer = tokenizer(folder);
            try {
                EngineAssembly assembly = EngineAssembly.assemble(folder, flags.backend(folder), config,
                        accounts(httpConfig, files, config.rebateRevenue()), progress::update);
                folder.quantization()
                        .ifPresent(how -> LOG.info("Weights: {}; made dense, {}, as they were loaded", how,
                                assembly.backend().dtype().torchName()));
                files.stepCost()
                        .ifPresent(file -> StepCostFile.write(file, assembly.policies().stepCost().cost()));
                var model = new ServedModel(flags.names(), System.currentTimeMillis() / 1000,
                        assembly.engine().limits(), tokenizer, template,
                        defaults(folder.generationDefaults()), Set.copyOf(folder.config().eosTokenIds()));
                return listen(assembly, model, flags.names(), config.blockSize(), httpConfig, tiers, ledger,
                        files.stepCost());
            } catch (RuntimeException e) {
                tokenizer.close();
                throw e;
            }
        }
    }

    /** With what their wallets held when the server stopped, and have earned since; without a ledger they begin full. */
    private static List<Account> accounts(HttpConfig httpConfig, ServerFiles files, boolean rebating) {
        List<Account> accounts = httpConfig.keys().accounts();
        return files.ledger().map(
                ledger -> new WalletHistory(ledger, rebating).restored(accounts, System.currentTimeMillis()))
                .orElse(accounts);
    }

    /** In front of an engine that runs; it and the ledger are closed with the server. */
    static ModelServer listen(EngineAssembly assembly, ServedModel model, List<String> names,
            int blockSize, HttpConfig httpConfig, ServiceTiers tiers, Optional<SqliteLedger> ledger,
            Optional<Path> stepCost) {
        var engine = assembly.engine();
        var metrics = new ServerMetrics(names.getFirst(), engine::snapshot);
        metrics.exposeMarket(engine::prices, engine.takings());
        ledger.ifPresent(books -> metrics.exposeLedger(books::snapshot));
        int cores = Runtime.getRuntime().availableProcessors();
        var textThreads = new TextThreads(Math.clamp(cores / 2, 1, 4), MAX_WAITING_FOR_TEXT);
        try {
            HttpServer http = HttpServer.start(httpConfig,
                    new OpenAiApi(engine, model, textThreads, metrics, tiers,
                            ledger.isPresent() ? ledger.get() : Ledger.NONE),
                    metrics, () -> Optional.ofNullable(engine.broken().getNow(null)));
            return new ModelServer(assembly, names.getFirst(), blockSize, model.tokenizer(), textThreads,
                    http, ledger, stepCost);
        } catch (RuntimeException e) {
            textThreads.close();
            closeQuietly(engine);
            throw e;
        }
    }

    private static Tokenizer tokenizer(ModelFolder folder) {
        Tokenizer tokenizer;
        try {
            tokenizer = HfTokenizer.load(folder.path());
        } catch (IOException e) {
            throw ModelFolderException.of(folder.path(), e);
        }
        ModelConfig config = folder.config();
        if (tokenizer.vocabSize() > config.vocabSize()) {
            int size = tokenizer.vocabSize();
            tokenizer.close();
            throw new ModelFolderException(folder.path().resolve(HfTokenizer.FILE_NAME),
                    "has token ids up to " + (size - 1) + ", but vocab_size in config.json is "
                            + config.vocabSize());
        }
        return tokenizer;
    }

    private static Optional<ChatTemplate> template(Path folder) {
        try {
            return ChatTemplate.load(folder);
        } catch (IOException e) {
            throw ModelFolderException.of(folder, e);
        }
    }

    private static SamplingDefaults defaults(GenerationDefaults stated) {
        SamplingDefaults neutral = SamplingDefaults.NEUTRAL;
        return new SamplingDefaults((float) stated.temperature().orElse(neutral.temperature()),
                (float) stated.topP().orElse(neutral.topP()),
                Math.max(0, stated.topK().orElse(neutral.topK())),
                (float) stated.minP().orElse(neutral.minP()),
                (float) stated.repetitionPenalty().orElse(neutral.repetitionPenalty()));
    }

    public InetSocketAddress address() { return http.address(); }

    /** For the engine's thread, and for whoever knows that it rests. */
    EngineAssembly assembly() {
        return assembly;
    }

    String modelName() { return modelName; }

    TorchBackend backend() { return assembly.backend(); }

    KvPoolSize pool() { return assembly.pool(); }

    int blockSize() { return blockSize; }

    /**
     * Takes no new work, lets what runs finish within {@code timeout}, cuts the rest, and frees everything. Does
     * nothing if somebody else has begun to.
     */
    void shutDown(Duration timeout) {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        http.stopAccepting();
        assembly.engine().drain(timeout);
        try {
            // Tokens are made; their last bytes may still be on their way.
            if (!http.awaitIdle(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
                LOG.warn("Requests were still running after {} s and are cut", timeout.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.close();
        closeQuietly(assembly.engine());
        ledger.ifPresent(SqliteLedger::close); // after the engine, which books what it cut
        stepCost.ifPresent(this::writeLearnedCost);
        textThreads.close();
        tokenizer.close();
        end.complete(Optional.empty());
    }

    /** Once the engine's thread, which learns it, has ended. */
    private void writeLearnedCost(Path file) {
        try {
            StepCostFile.write(file, assembly.policies().stepCost().cost());
        } catch (IllegalArgumentException e) {
            LOG.warn("What was learned of steps is lost: {}", e.getMessage());
        }
    }

    /** Waits until the server is shut down, or its engine is dead; then returns the reason. */
    Optional<String> awaitEnd() {
        return end.join();
    }

    @Override
    public void close() { shutDown(Duration.ZERO); }

    private static void closeQuietly(Engine engine) {
        try {
            engine.close();
        } catch (Exception e) {
            LOG.warn("The engine did not close cleanly", e);
        }
    }
}
