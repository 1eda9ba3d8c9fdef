package dev.pigou.bench.served;

import dev.pigou.bench.load.result.Failure;
import dev.pigou.bench.load.result.HarnessHealth;
import dev.pigou.bench.load.result.RequestRecord;
import dev.pigou.bench.load.result.RunResult;
import dev.pigou.bench.load.workload.Bid;
import dev.pigou.bench.load.workload.LengthRange;
import dev.pigou.bench.load.workload.Prompt;
import dev.pigou.bench.load.workload.Session;
import dev.pigou.bench.load.workload.Workload;
import dev.pigou.bench.sim.demand.ValueRule;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

final class TwoTenantsTest {
    private static final double PATIENCE_SECONDS = 15;
    private final Sender chat = new Sender("chat", new LengthRange(64, 0.5), new LengthRange(32, 0.5),
            PATIENCE_SECONDS);
    private final Sender lengthy = new Sender("long", new LengthRange(1000, 0.5), new LengthRange(100, 0.5),
            PATIENCE_SECONDS);
    private final TwoTenants tenants = new TwoTenants(chat, lengthy, Map.of("chat", "a", "long", "b"), 8192);

    private Workload workload(long seed) {
        return tenants.open(
                List.of(TwoTenants.Asked.poisson(chat, 20, 10), TwoTenants.Asked.poisson(lengthy, 2, 10)),
                ValueRule.DEFAULT, seed);
    }

    @Test
    void asMuchIsAskedAsWasSaidInOrderAndNoPromptTwice() {
        List<Session> sessions = workload(1).sessions();
        assertThat(sessions).hasSize(220).extracting(Session::index)
                .containsExactlyElementsOf(IntStream.range(0, 220).boxed().toList());
        assertThat(sessions).extracting(Session::arrivalSeconds).isSorted();
        assertThat(sessions.stream().filter(session -> session.tenant().name().equals("long"))).hasSize(20)
                .allMatch(session -> session.tenant().apiKey().orElse("").equals("b"));
        Set<List<Integer>> beginnings = new HashSet<>();
        for (Session session : sessions) {
            int[] ids = ((Prompt.TokenIds) session.turns().getFirst().prompt().get()).ids();
            assertThat(beginnings.add(IntStream.of(ids).limit(16).boxed().toList())).isTrue();
        }
    }

    @Test
    void bidsAreOneThreeOrTenAndWorthlessWhenTheClientLeaves() {
        assertThat(workload(1).sessions()).allSatisfy(session -> {
            Bid bid = session.tenant().bid();
            assertThat(bid.value().getAsDouble()).isIn(1.0, 3.0, 10.0);
            assertThat(bid.value().getAsDouble() - PATIENCE_SECONDS * bid.latencyPrice().getAsDouble())
                    .isCloseTo(0, within(1e-12));
            assertThat(bid.deadlineMs()).hasValue(15_000);
        });
        assertThat(values(1)).isEqualTo(values(1)).isNotEqualTo(values(2)).contains(1.0, 3.0, 10.0);
    }

    private List<Double> values(long seed) {
        return workload(seed).sessions().stream().map(session -> session.tenant().bid().value().getAsDouble())
                .toList();
    }

    @Test
    void anAnswerCountsByWhenItBeganAndOneThatNeverDidWithTheWholePatience() {
        Workload workload = workload(1);
        Session first = workload.sessions().stream().filter(each -> each.tenant().name().equals("chat"))
                .findFirst().orElseThrow();
        double value = first.tenant().bid().value().getAsDouble();
        RunResult run = new RunResult("price", "http://here", "m", Instant.EPOCH, 1, false, Map.of(),
                List.of(record(first, 3_000_000_000L, false, Optional.empty()),
                        record(first, -1, true, Optional.empty()),
                        record(first, -1, false,
                                Optional.of(new Failure(Failure.Kind.REFUSED, 429, "no capacity")))),
                List.of(), new HarnessHealth(0, 0, 0, 0), Optional.empty());
        TenantScore score = TenantScore.of(chat, workload, run, Window.ALL);
        assertThat(score.sent()).isEqualTo(3);
        assertThat(score.answered()).isEqualTo(1);
        assertThat(score.left()).isEqualTo(1);
        assertThat(score.refused()).isEqualTo(1);
        assertThat(score.offered()).isEqualTo(3 * value);
        assertThat(score.inTime()).isEqualTo(value);
        assertThat(score.welfare()).isCloseTo(value * 12 / 15, within(1e-9));
        assertThat(score.ttftP50Seconds()).isEqualTo(PATIENCE_SECONDS);
        assertThat(score.charge()).isEqualTo(0.25);
        assertThat(TenantScore.of(lengthy, workload, run, Window.ALL).sent()).isZero();
        assertThat(TenantScore.of(chat, workload, run, new Window(0, 1)).sent()).isEqualTo(3);
        assertThat(TenantScore.of(chat, workload, run, new Window(1, 2)).sent()).as("all were due at 0")
                .isZero();
    }

    @Test
    void anAnswerWithoutAWordIsOneAllTheSame() {
        Workload workload = workload(1);
        Session first = workload.sessions().stream().filter(each -> each.tenant().name().equals("chat"))
                .findFirst().orElseThrow();
        RunResult run = new RunResult("price", "http://here", "m", Instant.EPOCH, 1, false, Map.of(),
                List.of(record(first, -1, false, Optional.empty())), List.of(), new HarnessHealth(0, 0, 0, 0),
                Optional.empty());
        var patient = new Sender("chat", chat.prompt(), chat.answer(), 30);
        assertThat(TenantScore.of(patient, workload, run, Window.ALL).answered()).isEqualTo(1);
        assertThat(TenantScore.of(patient, workload, run, Window.ALL).ttftP50Seconds()).isEqualTo(20);
        assertThat(TenantScore.of(chat, workload, run, Window.ALL).answered()).as("it ended after 20 s")
                .isZero();
    }

    private static RequestRecord record(Session session, long firstTokenNanos, boolean left,
            Optional<Failure> failure) {
        boolean answered = !left && failure.isEmpty();
        return new RequestRecord(session.index(), 0, session.tenant().name(), 0, 0, firstTokenNanos,
                20_000_000_000L, new long[0], 64, 32, 0, answered ? "length" : "",
                answered ? OptionalDouble.of(0.25) : OptionalDouble.empty(), OptionalDouble.empty(),
                OptionalDouble.empty(), left, failure);
    }

    @Test
    void aPatienceThatNobodyHasIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sender("chat", chat.prompt(), chat.answer(), 0))
                .withMessageContaining("above 0 and at most 3600 seconds, but is 0.0");
    }
}
