package dev.pigou.bench.cli;

import dev.pigou.bench.load.client.Api;
import dev.pigou.bench.load.client.BaseUrl;
import dev.pigou.bench.load.client.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Flags that say which servers are measured, and what each request to them says; names as vLLM's where it has one. */
final class TargetFlags {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int DEFAULT_PORT = 8000;
    private static final int MOST_PORT = 65_535;

    @Option(names = "--base-url", paramLabel = "URL", split = ",", description = ""
            + "The server, with or without /v1. Several, with commas between them or the flag given again, are "
            + "compared: they get the same load by turns. Default: http://HOST:PORT.")
    private List<String> baseUrls = List.of();

    @Option(names = "--host", paramLabel = "HOST", description = "Of one server. Default: 127.0.0.1.")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "Of one server. Default: 8000.")
    private @Nullable Integer port;

    @Option(names = "--label", paramLabel = "NAME", split = ",", description = ""
            + "Its name in reports; as many as there are servers. Default: host and port.")
    private List<String> labels = List.of();

    @Option(names = "--model", paramLabel = "NAME", split = ",", description = ""
            + "Model to ask for; one for all servers, or as many as there are. Default: the first that the server "
            + "names in /v1/models.")
    private List<String> models = List.of();

    @Option(names = "--served-model-name", paramLabel = "NAME", split = ",", description = ""
            + "The model's name at the server, where --model says something else to vLLM.")
    private List<String> servedNames = List.of();

    @Option(names = "--backend", paramLabel = "API", description = ""
            + "openai (or vllm) sends completions, openai-chat sends chats. Default: as --endpoint says, or else "
            + "openai.")
    private @Nullable String backend;

    @Option(names = "--endpoint", paramLabel = "PATH", description = ""
            + "Default: /v1/completions, or /v1/chat/completions with --backend openai-chat.")
    private @Nullable String endpoint;

    @Option(names = "--api-key", paramLabel = "KEY", description = ""
            + "Bearer token of each request whose tenant has none of its own.")
    private @Nullable String apiKey;

    @Option(names = "--header", paramLabel = "KEY=VALUE", arity = "1..*", description = ""
            + "Further headers of each request.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--ignore-eos", negatable = true, defaultValue = "true", fallbackValue = "true", description = ""
            + "Ask for answers of full length, so that every server does the same work. Unlike vLLM's, this is "
            + "on by default; --no-ignore-eos leaves the field out, for servers that do not know it.")
    private boolean ignoreEos;

    @Option(names = "--temperature", paramLabel = "T", description = "Default: the server's own.")
    private @Nullable Double temperature;

    @Mixin
    private SamplingFlags sampling = new SamplingFlags();

    @Option(names = "--extra-body", paramLabel = "JSON", description = ""
            + "An object whose fields are added to each request, in place of fields with the same name.")
    private @Nullable String extraBody;

    @Option(names = "--request-timeout", paramLabel = "SECONDS", description = ""
            + "A request that has no whole answer so long after it was sent has failed. Default: 600.")
    private double requestTimeoutSeconds = Target.DEFAULT_TIME_LIMIT.toSeconds();

    /** In the order in which they were given. */
    List<Target> targets() {
        List<String> urls = urls();
        List<String> asked = servedNames.isEmpty() ? models : servedNames;
        require(labels.isEmpty() || labels.size() == urls.size(), "there are " + labels.size()
                + " of --label and " + urls.size() + " of --base-url; give as many or none");
        require(asked.size() <= 1 || asked.size() == urls.size(), "there are " + asked.size()
                + " of --model and " + urls.size() + " of --base-url; give one, as many, or none");
        require(requestTimeoutSeconds >= 0.001 && requestTimeoutSeconds <= 1e6,
                "--request-timeout must be from 0.001 to 1000000, but is " + requestTimeoutSeconds);
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < urls.size(); i++) {
            BaseUrl url = BaseUrl.of(urls.get(i).strip());
            targets.add(target(labels.isEmpty() ? url.host() + ":" + url.port() : labels.get(i), url,
                    asked.isEmpty() ? Optional.empty() : Optional.of(asked.get(asked.size() == 1 ? 0 : i))));
        }
        return targets;
    }

    private List<String> urls() {
        require(baseUrls.isEmpty() || (host == null && port == null),
                "--host and --port contradict --base-url; give the one or the other");
        require(port == null || (port >= 1 && port <= MOST_PORT),
                "--port must be from 1 to " + MOST_PORT + ", but is " + port);
        return baseUrls.isEmpty()
                ? List.of("http://" + Objects.requireNonNullElse(host, DEFAULT_HOST) + ":"
                        + Objects.requireNonNullElse(port, DEFAULT_PORT))
                : baseUrls;
    }

    private Target target(String label, BaseUrl url, Optional<String> model) {
        Api api = api();
        return new Target(label, url, api, endpoint == null ? api.path() : endpoint, model,
                Optional.ofNullable(apiKey), headers, ignoreEos ? Optional.of(true) : Optional.empty(),
                temperature == null ? OptionalDouble.empty() : OptionalDouble.of(temperature), extraFields(),
                Duration.ofMillis((long) (requestTimeoutSeconds * 1000)));
    }

    private Api api() {
        if (backend == null) {
            return endpoint != null && endpoint.contains("/chat/") ? Api.CHAT : Api.COMPLETIONS;
        }
        return switch (backend) {
            case "openai", "vllm" -> Api.COMPLETIONS;
            case "openai-chat" -> Api.CHAT;
            default -> throw new IllegalArgumentException(
                    "--backend must be openai, vllm or openai-chat, but is " + backend);
        };
    }

    /** Those of --extra-body count more. */
    private Map<String, Object> extraFields() {
        Map<String, Object> fields = sampling.fields();
        if (extraBody == null) {
            return fields;
        }
        try {
            fields.putAll(JSON.readValue(extraBody, new TypeReference<Map<String, Object>>() {
            }));
            return fields;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "--extra-body must be a JSON object such as '{\"top_p\": 0.9}', but: "
                            + e.getOriginalMessage());
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
