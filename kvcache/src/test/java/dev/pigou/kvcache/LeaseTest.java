package dev.pigou.kvcache;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.pigou.kvcache.RetentionScript.prompt;
import static org.assertj.core.api.Assertions.assertThat;

/** Leases hold under every policy. */
final class LeaseTest {
    private static final long SECOND = 1_000_000_000;

    @ParameterizedTest
    @MethodSource("dev.pigou.kvcache.Policies#all")
    void aLeasedPrefixOutlivesWhatIsUsedAfterIt(Policies policy) {
        RetentionScript script = leased(policy, 100);
        flood(script);
        assertThat(script.run(prompt(1, 3))).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("dev.pigou.kvcache.Policies#all")
    void aLeaseEnds(Policies policy) {
        RetentionScript script = leased(policy, 100);
        script.pass(100);
        flood(script);
        assertThat(script.run(prompt(1, 3))).isZero();
    }

    @ParameterizedTest
    @MethodSource("dev.pigou.kvcache.Policies#all")
    void aLeaseGivesWayWhenNothingElseIsLeft(Policies policy) {
        RetentionScript script = leased(policy, 100);
        BlockTable large = new BlockTable(0);
        script.start(large, prompt(9, 6));
        script.cache.release(large, script.nowNanos());
        assertThat(script.run(prompt(1, 3))).as("tail first").isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("dev.pigou.kvcache.Policies#all")
    void theLongestLeaseHolds(Policies policy) {
        RetentionScript script = leased(policy, 100);
        BlockTable table = new BlockTable(0);
        script.start(table, prompt(1, 3));
        script.cache.lease(table, script.nowNanos() + SECOND);
        script.cache.release(table, script.nowNanos());
        script.pass(50);
        flood(script);
        assertThat(script.run(prompt(1, 3))).isEqualTo(3);
    }

    private static RetentionScript leased(Policies policy, long seconds) {
        RetentionScript script = new RetentionScript(8, policy.of(8));
        BlockTable table = new BlockTable(0);
        script.start(table, prompt(1, 3));
        script.cache.lease(table, script.nowNanos() + seconds * SECOND);
        script.cache.release(table, script.nowNanos());
        return script;
    }

    private static void flood(RetentionScript script) {
        for (int name = 2; name < 30; name++) {
            script.pass(0.1);
            script.run(prompt(name, 4));
            script.run(prompt(name, 4));
            script.run(prompt(name, 4));
        }
    }
}
