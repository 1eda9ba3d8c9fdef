package dev.pigou.bench.cli;

import java.util.List;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Flags of {@code vllm bench serve} that say nothing here, so that a command line written for it can be used as it is:
 * what changes no figure is taken with a note, what would is refused and told what to use instead. Not in the help.
 */
final class VllmFlags implements IModelTransformer {
    private static final String NOTHING = "0";
    private static final String ONE = "1";
    private static final String SOME = "1..*";

    /** What becomes of a flag: {@code why} ends the sentence. */
    private record Row(String flag, String arity, boolean refused, String why) {
        static Row noted(String flag, String arity, String why) { return new Row(flag, arity, false, why); }

        static Row refused(String flag, String arity, String why) { return new Row(flag, arity, true, why); }

        String message() { return flag + (refused ? " is not supported; " : " has no effect: ") + why; }
    }

    private static final List<Row> ROWS = List.of(
            Row.noted("--percentile-metrics", ONE, "every latency is reported"),
            Row.noted("--trust-remote-code", NOTHING, "no model's code is run"),
            Row.noted("--tokenizer-mode", ONE, "--tokenizer DIR says all"),
            Row.noted("--skip-tokenizer-init", NOTHING, "there is a tokenizer only with --tokenizer DIR"),
            Row.noted("--skip-chat-template", NOTHING, "the server applies it, at the endpoint for chats"),
            Row.noted("--request-id-prefix", ONE, "requests carry no id; --header adds headers"),
            Row.noted("--insecure", NOTHING, "only http is spoken"),
            Row.noted("--no-stream", NOTHING, "datasets are read from files"),
            Row.noted("--no-oversample", NOTHING, "no conversation is used twice"),
            Row.noted("--self-timed", NOTHING, "a trace has its own times unless --request-rate is given"),
            Row.refused("--no-self-timed", NOTHING, "give the trace a --request-rate"),
            Row.refused("--disable-shuffle", NOTHING, "conversations are drawn by --seed"),
            Row.refused("--append-result", NOTHING,
                    "use --repeat N, or a --result-filename for each run and ./pigou bench compare"),
            Row.refused("--ramp-up-strategy", ONE, "use --rate-steps, such as 2@30,4@30,8@30"),
            Row.refused("--ramp-up-start-rps", ONE, "use --rate-steps, such as 2@30,4@30,8@30"),
            Row.refused("--ramp-up-end-rps", ONE, "use --rate-steps, such as 2@30,4@30,8@30"),
            Row.refused("--probe-request-rate", ONE, "run a second ./pigou bench beside this one"),
            Row.refused("--plot-timeline", NOTHING, "--html FILE draws the time lines"),
            Row.refused("--timeline-itl-thresholds", ONE, "--html FILE draws the time lines"),
            Row.refused("--plot-dataset-stats", NOTHING, "--html FILE draws the time lines"),
            Row.refused("--profile", NOTHING, "start the server's profiler by hand"),
            Row.refused("--use-beam-search", NOTHING, "use --extra-body '{\"use_beam_search\": true}'"),
            Row.refused("--logprobs", ONE, "use --extra-body '{\"logprobs\": 1}'"),
            Row.refused("--chat-template-kwargs", ONE, "use --extra-body '{\"chat_template_kwargs\": ...}'"),
            Row.refused("--lora-modules", SOME, "name one adapter with --model"),
            Row.refused("--lora-assignment", ONE, "name one adapter with --model"),
            Row.refused("--prefix-repetition-prefix-len", ONE, "use --random-prefix-len"),
            Row.refused("--prefix-repetition-suffix-len", ONE, "use --random-input-len"),
            Row.refused("--prefix-repetition-num-prefixes", ONE, "use --num-prefixes"),
            Row.refused("--prefix-repetition-output-len", ONE, "use --random-output-len"));

    @Override
    public CommandSpec transform(CommandSpec command) {
        ROWS.forEach(row -> command.addOption(OptionSpec.builder(row.flag).arity(row.arity).hidden(true)
                .type(row.arity.equals(NOTHING) ? boolean.class : List.class).build()));
        return command;
    }

    /**
     * One sentence for each flag given that has no effect.
     *
     * @throws IllegalArgumentException if one was given that would have had one
     */
    static List<String> notes(ParseResult given) {
        List<Row> rows = ROWS.stream().filter(row -> given.hasMatchedOption(row.flag)).toList();
        rows.stream().filter(Row::refused).findFirst().ifPresent(row -> {
            throw new IllegalArgumentException(row.message());
        });
        return rows.stream().map(Row::message).toList();
    }
}
