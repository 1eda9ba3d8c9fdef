package dev.pigou.bench.served;

import dev.pigou.bench.served.ServedRun.Question;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The runs as tables in Markdown: medians over the seeds, and the least and the most of them in brackets. */
public final class ServedReport {
    private static final String CHAT = "chat";
    private static final String LENGTHY = "long";
    private static final int[] QUEUES = {0, 1, 5, 20, Integer.MAX_VALUE};

    private final ServedPlan plan;
    private final List<ServedRun> runs;

    ServedReport(ServedPlan plan, List<ServedRun> runs) {
        this.plan = plan;
        this.runs = List.copyOf(runs);
    }

    /** All tables, one below the other. */
    public String markdown() {
        return isolation() + "\n" + welfare() + "\n" + bills() + "\n" + queue() + remarks();
    }

    /** The picture of the isolation runs. */
    public String picture() {
        return new IsolationPicture(plan.volumes(), plan.rivals(), this::chatWait, this::chatShare).svg();
    }

    private List<ServedRun> runs(Question question, Rival rival, int volume) {
        return runs.stream().filter(run -> run.question() == question && run.volume() == volume
                && run.policy().equals(rival.policy())).toList();
    }

    private static Samples of(List<ServedRun> runs, String tenant, ToDoubleFunction<TenantScore> figure) {
        return new Samples(runs.stream().flatMap(run -> Stream.ofNullable(run.tenants().get(tenant)))
                .mapToDouble(figure).toArray());
    }

    private Samples chatWait(Rival rival, int volume) {
        return of(runs(Question.ISOLATION, rival, volume), CHAT, TenantScore::ttftP99Seconds);
    }

    private Samples chatShare(Rival rival, int volume) {
        return of(runs(Question.ISOLATION, rival, volume), CHAT,
                score -> 100.0 * score.answered() / score.sent());
    }

    private String isolation() {
        StringBuilder table = new StringBuilder("""
                | policy | long | chat TTFT p50, s | p99, s | chats answered, % | long answered, % |
                |---|---|---:|---:|---:|---:|
                """);
        for (Rival rival : plan.rivals()) {
            for (int volume : plan.volumes()) {
                List<ServedRun> these = runs(Question.ISOLATION, rival, volume);
                row(table, rival.title(), volumeText(volume),
                        of(these, CHAT, TenantScore::ttftP50Seconds).text(2), chatWait(rival, volume).text(2),
                        chatShare(rival, volume).text(1),
                        of(these, LENGTHY, score -> 100.0 * score.answered() / score.sent()).text(1));
            }
        }
        return table.toString();
    }

    private String welfare() {
        StringBuilder table = new StringBuilder(
                """
                        | policy | worth of answers in time, % | and after delay, % | chats answered, % | long answered, % |
                        |---|---:|---:|---:|---:|
                        """);
        for (Rival rival : plan.rivals()) {
            List<ServedRun> these = runs(Question.WELFARE, rival, plan.welfareVolume());
            row(table, rival.title(), share(these, ServedRun::inTime), share(these, ServedRun::welfare),
                    of(these, CHAT, score -> 100.0 * score.answered() / score.sent()).text(1),
                    of(these, LENGTHY, score -> 100.0 * score.answered() / score.sent()).text(1));
        }
        return table.toString();
    }

    private static String share(List<ServedRun> runs, ToDoubleFunction<ServedRun> credits) {
        return new Samples(
                runs.stream().mapToDouble(run -> 100 * credits.applyAsDouble(run) / run.offered()).toArray())
                .text(1);
    }

    /** Who paid what, as the ledgers have it. */
    private String bills() {
        StringBuilder table = new StringBuilder(
                """
                        | long | a chat pays, credits | a long answer pays | of it for memory, % | written off, % | preemptions |
                        |---|---:|---:|---:|---:|---:|
                        """);
        for (int volume : plan.volumes()) {
            List<ServedRun> these = runs(Question.ISOLATION, Rival.PRICE, volume);
            row(table, volumeText(volume), bill(these, CHAT, books -> books.due() / books.answered()).text(4),
                    bill(these, LENGTHY, books -> books.due() / books.answered()).text(3),
                    bill(these, LENGTHY, books -> share(books.kvPico(), metered(books))).text(0),
                    bill(these, LENGTHY, books -> share(books.writtenOffPico(), metered(books))).text(1),
                    bill(these, LENGTHY, LedgerSums::preemptions).text(0));
        }
        return table.toString();
    }

    private static long metered(LedgerSums books) {
        return books.prefillPico() + books.decodePico() + books.kvPico();
    }

    private static double share(long part, long whole) { return whole == 0 ? 0 : 100.0 * part / whole; }

    private static Samples bill(List<ServedRun> runs, String tenant, ToDoubleFunction<LedgerSums> figure) {
        return new Samples(runs.stream().flatMap(run -> Stream.ofNullable(run.ledger().get(tenant)))
                .mapToDouble(figure).filter(Double::isFinite).toArray());
    }

    /** The price of memory by how many wait, over all runs under prices. */
    private String queue() {
        List<MarketSample> market = runs.stream().filter(run -> run.policy().equals(Rival.PRICE.policy()))
                .flatMap(run -> run.market().stream()).toList();
        StringBuilder table = new StringBuilder(
                """
                        | requests without a first token | moments | price of memory 0, % | mean, millicredits a block-second |
                        |---|---:|---:|---:|
                        """);
        int from = 0;
        for (int to : QUEUES) {
            int least = from;
            List<MarketSample> these = market.stream()
                    .filter(sample -> sample.waiting() >= least && sample.waiting() <= to).toList();
            row(table, queueText(from, to), String.valueOf(these.size()),
                    new Samples(
                            these.stream().mapToDouble(sample -> sample.kvWaiting() == 0 ? 100 : 0).toArray())
                            .meanText(0),
                    new Samples(these.stream().mapToDouble(sample -> 1000 * sample.kvWaiting()).toArray())
                            .meanText(3));
            from = to + 1;
        }
        return table.toString();
    }

    private static String queueText(int from, int to) {
        return to == Integer.MAX_VALUE
                ? "more than " + (from - 1)
                : from == to ? String.valueOf(from) : from + " to " + to;
    }

    private String remarks() {
        String remarks = runs.stream().filter(run -> !run.remarks().isEmpty())
                .map(run -> String.format(Locale.ROOT, "- %s x%d, seed %d, %s: %s%n", run.question(),
                        run.volume(), run.seed(), run.policy(), String.join("; ", run.remarks())))
                .collect(Collectors.joining());
        return remarks.isEmpty() ? "" : "\n" + remarks;
    }

    private static String volumeText(int volume) { return volume == 0 ? "none" : "×" + volume; }

    private static void row(StringBuilder table, String... cells) {
        table.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
