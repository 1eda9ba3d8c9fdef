package dev.pigou.bench.load.workload;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** What is asked: prompts and lengths of answers, by session. The same session always asks the same. */
public sealed interface Dataset permits RandomDataset, TraceDataset, ShareGptDataset {
    /** Sessions there are; empty if any number can be made up. */
    OptionalInt sessions();

    /** The requests of one session, in order; at least one. */
    List<Ask> session(int index);

    /** Who asks; empty if the dataset does not say. */
    default String tenant(int index) { return ""; }

    /** One request: what {@link Turn} says of it. */
    record Ask(Supplier<Prompt> prompt, int outputTokens) {}
}
