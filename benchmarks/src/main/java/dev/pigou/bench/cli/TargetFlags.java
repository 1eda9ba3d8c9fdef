package dev.pigou.bench.cli;

import dev.pigou.bench.load.client.Api;
import dev.pigou.bench.load.client.BaseUrl;
import dev.pigou.bench.load.client.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Flags that say which servers are measured, and what each request to them says; names as vLLM's where it has one. */
final class TargetFlags {
    private static final JsonMapper JSON = new JsonMapper();

    @Option(names = "--base-url", paramLabel = "URL", split = ",", description = ""
            + "The server, with or without /v1. Several, with commas between them or the flag given again, are "
            + "compared: they get the same load by turns. Default: http://127.0.0.1:8000.")
    private List<String> baseUrls = List.of("http://127.0.0.1:8000");

    @Option(names = "--label", paramLabel = "NAME", split = ",", description = ""
            + "Its name in reports; as many as there are servers. Default: host and port.")
    private List<String> labels = List.of();

    @Option(names = "--model", paramLabel = "NAME", split = ",", description = ""
            + "Model to ask for; one for all servers, or as many as there are. Default: the first that the server "
            + "names in /v1/models.")
    private List<String> models = List.of();

    @Option(names = "--backend", paramLabel = "API", description = ""
            + "openai sends completions, openai-chat sends chats. Default: as --endpoint says, or else openai.")
    private @Nullable String backend;

    @Option(names = "--endpoint", paramLabel = "PATH", description = ""
            + "Default: /v1/completions, or /v1/chat/completions with --backend openai-chat.")
    private @Nullable String endpoint;

    @Option(names = "--api-key", paramLabel = "KEY", description = ""
            + "Bearer token of each request whose tenant has none of its own.")
    private @Nullable String apiKey;

    @Option(names = "--header", paramLabel = "KEY=VALUE", description = "One more header of each request.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--ignore-eos", negatable = true, defaultValue = "true", fallbackValue = "true", description = ""
            + "Ask for answers of full length, so that every server does the same work. Unlike vLLM's, this is "
            + "on by default; --no-ignore-eos leaves the field out, for servers that do not know it.")
    private boolean ignoreEos;

    @Option(names = "--temperature", paramLabel = "T", description = "Default: the server's own.")
    private @Nullable Double temperature;

    @Option(names = "--extra-body", paramLabel = "JSON", description = ""
            + "An object whose fields are added to each request, in place of fields with the same name.")
    private @Nullable String extraBody;

    @Option(names = "--request-timeout", paramLabel = "SECONDS", description = ""
            + "A request that has no whole answer so long after it was sent has failed. Default: 600.")
    private double requestTimeoutSeconds = Target.DEFAULT_TIME_LIMIT.toSeconds();

    /** In the order in which they were given. */
    List<Target> targets() {
        require(labels.isEmpty() || labels.size() == baseUrls.size(), "there are " + labels.size()
                + " of --label and " + baseUrls.size() + " of --base-url; give as many or none");
        require(models.size() <= 1 || models.size() == baseUrls.size(), "there are " + models.size()
                + " of --model and " + baseUrls.size() + " of --base-url; give one, as many, or none");
        require(requestTimeoutSeconds >= 0.001 && requestTimeoutSeconds <= 1e6,
                "--request-timeout must be from 0.001 to 1000000, but is " + requestTimeoutSeconds);
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < baseUrls.size(); i++) {
            targets.add(target(i));
        }
        return targets;
    }

    private Target target(int index) {
        BaseUrl url = BaseUrl.of(baseUrls.get(index).strip());
        Api api = api();
        Optional<String> model = models.isEmpty()
                ? Optional.empty()
                : Optional.of(models.get(models.size() == 1 ? 0 : index));
        return new Target(labels.isEmpty() ? url.host() + ":" + url.port() : labels.get(index), url, api,
                endpoint == null ? api.path() : endpoint, model, Optional.ofNullable(apiKey), headers,
                ignoreEos ? Optional.of(true) : Optional.empty(),
                temperature == null ? OptionalDouble.empty() : OptionalDouble.of(temperature), extraFields(),
                Duration.ofMillis((long) (requestTimeoutSeconds * 1000)));
    }

    private Api api() {
        if (backend == null) {
            return endpoint != null && endpoint.contains("/chat/") ? Api.CHAT : Api.COMPLETIONS;
        }
        return switch (backend) {
            case "openai" -> Api.COMPLETIONS;
            case "openai-chat" -> Api.CHAT;
            default -> throw new IllegalArgumentException(
                    "--backend must be openai or openai-chat, but is " + backend);
        };
    }

    private Map<String, Object> extraFields() {
        if (extraBody == null) {
            return Map.of();
        }
        try {
            return JSON.readValue(extraBody, new TypeReference<>() {
            });
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
