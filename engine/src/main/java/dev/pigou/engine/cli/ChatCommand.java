package dev.pigou.engine.cli;

import dev.pigou.engine.openai.ChatClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pigou chat}: talks with a running server. */
@Command(name = "chat", description = "Chat with a running server in the terminal.", mixinStandardHelpOptions = true, sortOptions = false, footer = {
        "", "Every option is also a variable, such as PIGOU_BASE_URL or PIGOU_API_KEY."})
final class ChatCommand implements Callable<Integer> {
    private static final String HELP = "/reset forgets the conversation, /exit or Ctrl-D leaves.";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "MESSAGE", description = "Say this, print the answer, and leave.")
    private @Nullable String message;

    @Option(names = {"--url",
            "--base-url"}, paramLabel = "URL", defaultValue = "http://127.0.0.1:8000/v1", description = "Default: ${DEFAULT-VALUE}.")
    private String url = "";

    @Option(names = "--api-key", paramLabel = "KEY", defaultValue = "", description = "What the server asks for, if it does.")
    private String apiKey = "";

    @Option(names = {"--model-name",
            "--model"}, paramLabel = "NAME", description = "Default: the first model served.")
    private @Nullable String model;

    @Option(names = "--system-prompt", paramLabel = "TEXT", description = "What the model is told first.")
    private @Nullable String systemPrompt;

    @Option(names = "--temperature", paramLabel = "T", description = "Default: the server's.")
    private @Nullable Double temperature;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Default: what the context leaves.")
    private @Nullable Integer maxTokens;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        var client = new ChatClient(url, apiKey, parameters());
        startOver(client);
        if (message != null) {
            return say(client, message, out, err) ? 0 : 1;
        }
        err.println(HELP);
        return converse(client, out, err);
    }

    private int converse(ChatClient client, PrintWriter out, PrintWriter err) throws InterruptedException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            while (true) {
                err.print("> ");
                err.flush();
                String line = in.readLine();
                if (line == null || line.strip().equals("/exit")) {
                    return 0;
                }
                if (line.strip().equals("/reset")) {
                    startOver(client);
                } else if (!line.isBlank()) {
                    say(client, line, out, err);
                }
            }
        } catch (IOException e) {
            err.println("pigou: the terminal cannot be read: " + e.getMessage());
            return 1;
        }
    }

    private static boolean say(ChatClient client, String message, PrintWriter out, PrintWriter err)
            throws InterruptedException {
        try {
            client.say(message, text -> {
                out.print(text);
                out.flush();
            });
            out.println();
            return true;
        } catch (IOException e) {
            err.println("pigou: " + e.getMessage());
            return false;
        }
    }

    private void startOver(ChatClient client) {
        client.reset();
        if (systemPrompt != null) {
            client.system(systemPrompt);
        }
    }

    private Map<String, Object> parameters() {
        var parameters = new HashMap<String, Object>();
        if (model != null) {
            parameters.put("model", model);
        }
        if (temperature != null) {
            parameters.put("temperature", temperature);
        }
        if (maxTokens != null) {
            parameters.put("max_tokens", maxTokens);
        }
        return parameters;
    }
}
