package dev.pigou.bench.load.workload;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class SessionPlanTest {
    private static final long SEED = 21;
    private static final ClientMix PATIENT = ClientMix.PATIENT;

    @Test
    void theSameSeedPlansTheSameAndAnotherPlansOtherwise() {
        List<String> planned = described(plan(8, 3, PATIENT, SEED).sessions(100));
        assertThat(described(plan(8, 3, PATIENT, SEED).sessions(100))).isEqualTo(planned);
        assertThat(described(plan(8, 3, PATIENT, SEED + 1).sessions(100)))
                .doesNotContainAnyElementsOf(planned);
    }

    @Test
    void anotherRateLeavesRequestsAsTheyWere() {
        List<Session> slow = plan(1, 1, PATIENT, SEED).sessions(50);
        List<Session> fast = plan(50, 1, PATIENT, SEED).sessions(50);
        assertThat(fast.getLast().arrivalSeconds()).isLessThan(slow.getLast().arrivalSeconds());
        assertThat(fast.stream().map(SessionPlanTest::asked)).as("seed %d", SEED)
                .isEqualTo(slow.stream().map(SessionPlanTest::asked).toList());
    }

    @Test
    void tenantsGetRequestsByTheirWeights() {
        var tenants = new TenantMix(List.of(tenant("small", 1), tenant("large", 3)));
        var plan = new SessionPlan(new Arrivals.AtOnce(), dataset(1, SEED), tenants, PATIENT, 0, SEED);
        long large = plan.sessions(10_000).stream().filter(session -> session.tenant().name().equals("large"))
                .count();
        assertThat(large).as("seed %d", SEED).isBetween(7300L, 7700L);
    }

    @Test
    void sharesOfClientsLeaveOrReadSlowly() {
        List<ClientBehaviour> behaviours = plan(8, 1, new ClientMix(0.2, 0.3, 700, OptionalLong.of(900)),
                SEED).sessions(10_000).stream().map(session -> session.turns().getFirst().behaviour())
                .toList();
        assertThat(behaviours.stream().filter(ClientBehaviour.Disconnects.class::isInstance).count())
                .as("seed %d", SEED).isBetween(1850L, 2150L);
        assertThat(behaviours.stream().filter(new ClientBehaviour.ReadsSlowly(700)::equals).count())
                .as("seed %d", SEED).isBetween(2850L, 3150L);
        assertThat(behaviours.stream().filter(new ClientBehaviour.LosesPatience(900)::equals).count())
                .as("the others, seed %d", SEED).isBetween(4850L, 5150L);
    }

    @Test
    void peopleThinkBetweenTurnsAndNobodyComesBackAfterLeaving() {
        List<Session> sessions = plan(8, 4, new ClientMix(0.1, 0, 1, OptionalLong.empty()), SEED)
                .sessions(5000);
        double think = sessions.stream().flatMap(session -> session.turns().stream().skip(1))
                .mapToDouble(Turn::thinkSeconds).average().orElseThrow();

        assertThat(think).as("seed %d", SEED).isBetween(1.9, 2.1);
        assertThat(sessions).allSatisfy(session -> {
            assertThat(session.turns().getFirst().thinkSeconds()).isZero();
            List<Turn> before = session.turns().subList(0, session.turns().size() - 1);
            assertThat(before).noneMatch(turn -> turn.behaviour() instanceof ClientBehaviour.Disconnects);
        });
        assertThat(sessions.stream().map(session -> session.turns().size()).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(1, 2, 3, 4);
    }

    private static SessionPlan plan(double rate, int turns, ClientMix clients, long seed) {
        return new SessionPlan(new Arrivals.Gamma(rate, 1), dataset(turns, seed), new TenantMix(List.of()),
                clients, 2, seed);
    }

    private static RandomDataset dataset(int turns, long seed) {
        return new RandomDataset(new PromptStyle.Words(Lexicon.estimated()), 0, 1, new LengthRange(20, 0.5),
                new LengthRange(16, 0.5), turns, seed);
    }

    private static Tenant tenant(String name, double weight) {
        return new Tenant(name, weight, Optional.empty(), Bid.NONE);
    }

    private static List<String> described(List<Session> sessions) {
        return sessions.stream().map(session -> session.arrivalSeconds() + asked(session)).toList();
    }

    private static String asked(Session session) {
        return session.turns().stream().map(turn -> " " + turn.thinkSeconds() + " " + turn.outputTokens()
                + " " + turn.behaviour() + " " + turn.prompt().get()).collect(Collectors.joining());
    }
}
