package dev.pigou.engine.tenant;

import dev.pigou.scheduler.Tenant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ApiKeysTest {
    private static final Account ALICE = new Account(new Tenant(0, "alice", 2), 1, Optional.empty(), 0);
    private static final Account BOB = new Account(new Tenant(1, "bob", 1), 2, Optional.empty(), 0);

    @Test
    void aKeyOpensItsOwnAccountOnly() {
        ApiKeys keys = ApiKeys
                .of(Map.of(KeyHash.of("one"), ALICE, KeyHash.of("two"), ALICE, KeyHash.of("three"), BOB));
        assertThat(keys.areRequired()).isTrue();
        assertThat(keys.account("one")).contains(ALICE);
        assertThat(keys.account("two")).contains(ALICE);
        assertThat(keys.account("three")).contains(BOB);
        assertThat(keys.account("four")).isEmpty();
        assertThat(keys.account("")).isEmpty();
        assertThat(keys.account(KeyHash.of("one").hex())).as("the hash is no key").isEmpty();
        assertThat(keys.accounts()).containsExactly(ALICE, BOB);
    }

    @Test
    void withoutKeysNobodyIsAsked() {
        assertThat(ApiKeys.NONE.areRequired()).isFalse();
        assertThat(ApiKeys.NONE.accounts()).containsExactly(Account.ANYBODY);
        assertThat(ApiKeys.single("sesame").account("sesame")).contains(Account.ANYBODY);
    }

    @Test
    void aHashIsWhatOtherProgramsMakeOfTheKey() {
        String ofAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(KeyHash.of("abc").hex()).isEqualTo(ofAbc);
        assertThat(KeyHash.parse(ofAbc.toUpperCase(Locale.ROOT))).contains(KeyHash.of("abc"));
        assertThat(KeyHash.of("abc").toString()).doesNotContain(ofAbc);
        assertThat(KeyHash.parse("sk-secret")).isEmpty();
        assertThat(KeyHash.parse(ofAbc + "00")).isEmpty();
        assertThat(KeyHash.parse("x".repeat(64))).isEmpty();
    }
}
