package dev.pigou.kvcache;

import java.util.List;
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
        RetentionScript script = new RetentionScript(8, policy.of(8));
        Lease lease = lease(script, prompt(1, 3), 100);
        script.cache.end(lease, script.nowNanos());
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
        Lease shorter = lease(script, prompt(1, 3), 1);
        script.pass(1);
        script.cache.end(shorter, script.nowNanos());
        flood(script);
        assertThat(script.run(prompt(1, 3))).isEqualTo(3);
    }

    /** The longer one covers less: what is left of it must not keep a child without its parent. */
    @ParameterizedTest
    @MethodSource("dev.pigou.kvcache.Policies#all")
    void whenTheLongestLeaseEndsEarlyTheNextOneHoldsAndPays(Policies policy) {
        RetentionScript script = new RetentionScript(8, policy.of(8));
        Lease longer = lease(script, prompt(1, 2), 100);
        Lease shorter = lease(script, prompt(1, 4), 50);
        script.cache.chargeRent(7, 0);
        script.cache.chargeRent(7, 10_000_000);
        assertThat(script.cache.rentPico(longer)).isEqualTo(2 * 7 * 10);
        assertThat(script.cache.rentPico(shorter)).isEqualTo(2 * 7 * 10);
        script.cache.end(longer, script.nowNanos());
        script.cache.chargeRent(7, 20_000_000);
        assertThat(script.cache.rentPico(longer)).isEqualTo(2 * 7 * 10);
        assertThat(script.cache.rentPico(shorter)).isEqualTo(6 * 7 * 10);
        flood(script);
        assertThat(script.run(prompt(1, 4))).isEqualTo(4);
        script.cache.end(shorter, script.nowNanos());
        flood(script);
        assertThat(script.run(prompt(1, 4))).isZero();
    }

    @ParameterizedTest
    @MethodSource("dev.pigou.kvcache.Policies#all")
    void whoHoldsALeasedBlockPaysForItAndTheLeaseDoesNot(Policies policy) {
        RetentionScript script = new RetentionScript(8, policy.of(8));
        Lease lease = lease(script, prompt(1, 3), 100);
        script.cache.chargeRent(5, 0);
        BlockTable reader = new BlockTable(0);
        assertThat(script.start(reader, prompt(1, 3))).isEqualTo(3);
        script.cache.chargeRent(5, 4_000_000);
        assertThat(script.cache.rentPico(lease)).isZero();
        assertThat(script.cache.rentPico(reader)).isEqualTo(3 * 5 * 4);
        script.cache.release(reader, script.nowNanos());
        script.cache.chargeRent(5, 8_000_000);
        assertThat(script.cache.rentPico(lease)).isEqualTo(3 * 5 * 4);
        assertThat(script.cache.pricedPico()).isEqualTo(2 * 3 * 5 * 4);
    }

    @ParameterizedTest
    @MethodSource("dev.pigou.kvcache.Policies#all")
    void whatHadToGiveWayIsPaidForNoLonger(Policies policy) {
        RetentionScript script = new RetentionScript(8, policy.of(8));
        Lease lease = lease(script, prompt(1, 3), 100);
        script.cache.chargeRent(5, 0);
        BlockTable large = new BlockTable(0);
        script.start(large, prompt(9, 7));
        assertThat(lease.cachedBlocks()).isEqualTo(1);
        script.cache.chargeRent(5, 1_000_000);
        assertThat(script.cache.rentPico(lease)).isEqualTo(5);
        script.cache.release(large, script.nowNanos());
        script.cache.end(lease, script.nowNanos());
        script.cache.end(lease, script.nowNanos());
        script.cache.checkInvariants(List.of());
    }

    private static Lease lease(RetentionScript script, int[] prompt, long seconds) {
        BlockTable table = new BlockTable(0);
        script.start(table, prompt);
        Lease lease = script.cache.lease(table, prompt.length, script.nowNanos() + seconds * SECOND);
        script.cache.release(table, script.nowNanos());
        script.cache.checkInvariants(List.of());
        return lease;
    }

    private static RetentionScript leased(Policies policy, long seconds) {
        RetentionScript script = new RetentionScript(8, policy.of(8));
        lease(script, prompt(1, 3), seconds);
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
