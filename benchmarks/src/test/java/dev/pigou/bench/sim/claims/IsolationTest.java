package dev.pigou.bench.sim.claims;

import dev.pigou.bench.sim.MachineSettings;
import dev.pigou.bench.sim.report.SimulatedRun;
import dev.pigou.bench.sim.report.TenantReport;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** T6: a tenant with long contexts asks for one, two, four times as much; whoever chats hardly notices. */
final class IsolationTest {
    private static final int CHATS = 1200;
    private static final double CHATS_PER_SECOND = 2;
    private static final double LONG_PER_SECOND = 0.08;
    private static final double MOST_RISE_SECONDS = 3;

    private static TenantReport chat(String policy, int volume, long seed) {
        double perSecond = CHATS_PER_SECOND + volume * LONG_PER_SECOND;
        int requests = (int) (CHATS * perSecond / CHATS_PER_SECOND);
        return Objects.requireNonNull(new SimulatedRun(
                new SimulatedRun.Setting(MachineSettings.DEFAULT, policy, "lru", "known", 1, seed),
                Demands.synthetic(requests, perSecond, volume * LONG_PER_SECOND / perSecond, seed)).run()
                .tenants().get("chat"));
    }

    private static double servedShare(TenantReport tenant) {
        return tenant.completed() / (double) (tenant.completed() + tenant.refused() + tenant.expired());
    }

    private static double ttftP99(TenantReport tenant) { return Objects.requireNonNull(tenant.ttftP99S()); }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void longContextsDoNotMakeChatsWait(long seed) {
        double alone = ttftP99(chat("price", 0, seed));
        for (int volume : new int[]{1, 2, 4}) {
            TenantReport chat = chat("price", volume, seed);
            String figures = "seed %d, long volume x%d, %s".formatted(seed, volume, chat);
            assertThat(ttftP99(chat)).as(figures).isLessThan(alone + MOST_RISE_SECONDS);
            assertThat(servedShare(chat)).as(figures).isGreaterThan(0.97);
        }
    }

    /** Or the traffic would be too easy to show anything. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void inOrderOfArrivalTheyDo(long seed) {
        TenantReport chat = chat("fcfs", 4, seed);
        assertThat(servedShare(chat)).as("seed %d, %s", seed, chat).isLessThan(0.5);
        assertThat(ttftP99(chat)).as("seed %d, %s", seed, chat).isGreaterThan(10);
    }
}
