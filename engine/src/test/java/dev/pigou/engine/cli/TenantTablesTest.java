package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.Account;
import dev.pigou.engine.tenant.ApiKeys;
import dev.pigou.engine.tenant.KeyHash;
import dev.pigou.scheduler.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TenantTablesTest {
    private static final String ONE = KeyHash.of("one").hex();
    private static final String TWO = KeyHash.of("two").hex();

    @TempDir
    private Path folder = Path.of("");

    private ApiKeys read(String toml) throws IOException {
        Path file = Files.writeString(folder.resolve("pigou.toml"), toml);
        var command = new CommandLine(new ServeCommand()).getCommandSpec();
        return LayeredSettings.of(Map.of(), file, command).tenants();
    }

    @Test
    void aTableIsAnAccount() throws IOException {
        ApiKeys keys = read("""
                max-num-seqs = 3

                [tenants.chat]
                keys = ["%s"]
                share = 2.5
                refill = 1
                cap = 100
                floor = 0.25

                [tenants."batch-2.x"]
                keys = ["%s"]
                """.formatted(ONE, TWO));
        Account batch = new Account(new Tenant(0, "batch-2.x", 1), 1, Optional.empty(), 0);
        Account chat = new Account(new Tenant(1, "chat", 2.5), 2, Optional.of(new Account.Budget(1, 100)),
                0.25);
        assertThat(keys.accounts()).containsExactly(batch, chat);
        assertThat(keys.account("one")).contains(chat);
        assertThat(keys.account("two")).contains(batch);
    }

    @Test
    void onlyTenantsThatBothWishToShareTheirPrefixesDo() throws IOException {
        List<Account> accounts = read("""
                tenants.a = { keys = ["%s"], share_prefixes = true }
                tenants.b = { keys = ["%s"], share_prefixes = true }
                tenants.c = { keys = ["%s"] }
                tenants.d = { keys = ["%s"], share_prefixes = false }
                """.formatted(ONE, TWO, KeyHash.of("3").hex(), KeyHash.of("4").hex())).accounts();
        assertThat(accounts).extracting(Account::cacheSalt).containsExactly(0L, 0L, 3L, 4L);
    }

    @Test
    void withoutTablesThereAreNoTenants() throws IOException {
        assertThat(read("max-num-seqs = 3").areRequired()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            tenants = 3 | 'tenants' must be tables
            [tenants] | no tenants
            tenants.a = 3 | tenants.a must be a table
            [tenants.a] | tenants.a needs keys
            [tenants.a]; keys = [] | tenants.a needs keys
            [tenants.a]; keys = "ONE" | tenants.a needs keys
            [tenants.a]; keys = [7] | tenants.a keys[0] is no SHA-256 hash
            [tenants.a]; keys = ["ONE", "sk-secret"] | tenants.a keys[1] is no SHA-256 hash
            [tenants.a]; keys = ["ONE", "ONE"] | tenants.a keys[1] is already a key of tenants.a
            [tenants.a]; keys = ["ONE"]; [tenants.b]; keys = ["ONE"] | tenants.b keys[0] is already a key of tenants.a
            [tenants.a]; keys = ["ONE"]; colour = "red" | tenants.a has a field 'colour', but knows only cap, floor, keys
            [tenants.a]; keys = ["ONE"]; share = 0 | tenants.a share must be a number above 0, but is 0
            [tenants.a]; keys = ["ONE"]; share = -1.5 | tenants.a share must be a number above 0
            [tenants.a]; keys = ["ONE"]; share = nan | tenants.a share must be a number above 0
            [tenants.a]; keys = ["ONE"]; share = inf | tenants.a share must be a number above 0
            [tenants.a]; keys = ["ONE"]; share = "2" | tenants.a share must be a number above 0
            [tenants.a]; keys = ["ONE"]; floor = 1.5 | tenants.a floor must be a number from 0 to 1
            [tenants.a]; keys = ["ONE"]; refill = -1; cap = 1 | tenants.a refill must be a number from 0
            [tenants.a]; keys = ["ONE"]; refill = 1 | tenants.a needs both refill and cap
            [tenants.a]; keys = ["ONE"]; cap = 1 | tenants.a needs both refill and cap
            [tenants.a]; keys = ["ONE"]; share_prefixes = 1 | tenants.a share_prefixes must be true or false
            [tenants."a b"]; keys = ["ONE"] | the tenant 'a b' needs a name
            [tenants.a]; keys = ["ONE"]; floor = 0.6; [tenants.b]; keys = ["TWO"]; floor = 0.6 | at most 1 together
            """)
    void aTableThatIsWrongSaysWhereAndHow(String toml, String told) {
        String text = toml.replace("; ", "\n").replace("ONE", ONE).replace("TWO", TWO);
        assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("pigou.toml", told).hasMessageNotContaining("secret");
    }
}
