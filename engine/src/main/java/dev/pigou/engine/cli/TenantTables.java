package dev.pigou.engine.cli;

import dev.pigou.engine.tenant.Account;
import dev.pigou.engine.tenant.ApiKeys;
import dev.pigou.engine.tenant.KeyHash;
import dev.pigou.scheduler.Tenant;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Reads the tables {@code [tenants.NAME]} of a configuration file. Messages never repeat what may be a key. */
final class TenantTables {
    static final String NAME = "tenants";
    private static final Set<String> FIELDS = Set.of("keys", "share", "refill", "cap", "floor",
            "share_prefixes");
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    /** What a wallet can hold: a million credits. */
    private static final double MOST_CREDITS = 1e6;

    private final Path path;
    /** Who has a hash. */
    private final Map<KeyHash, String> owners = new HashMap<>();

    private TenantTables(Path path) { this.path = path; }

    /**
     * Tenants by their keys.
     *
     * @throws IllegalArgumentException naming file, table and field if anything is not as it should be
     */
    static ApiKeys read(Path path, Object value) {
        if (!(value instanceof TomlTable tenants)) {
            throw new IllegalArgumentException(
                    path + ": '" + NAME + "' must be tables, such as [tenants.alice]");
        }
        return new TenantTables(path).read(tenants);
    }

    private ApiKeys read(TomlTable tenants) {
        Map<KeyHash, Account> accounts = new LinkedHashMap<>();
        double floors = 0;
        int index = 0;
        for (String name : new TreeSet<>(tenants.keySet())) {
            if (!NAMES.matcher(name).matches()) {
                throw new IllegalArgumentException(path + ": the tenant '" + name
                        + "' needs a name of up to 64 letters, digits, dots, dashes or underscores");
            }
            TomlTable table = table(tenants, name);
            Account account = account(name, index++, table);
            floors += account.memoryFloor();
            keys(name, table).forEach(hash -> accounts.put(hash, account));
        }
        if (accounts.isEmpty()) {
            throw new IllegalArgumentException(path + ": [tenants] has no tenants; leave it out");
        }
        if (floors > 1) {
            throw new IllegalArgumentException(
                    path + ": the floors of all tenants must be at most 1 together, but are " + floors);
        }
        return ApiKeys.of(accounts);
    }

    private TomlTable table(TomlTable tenants, String name) {
        if (!(tenants.get(List.of(name)) instanceof TomlTable table)) {
            throw wrong(name, "must be a table with keys and a share");
        }
        for (String field : table.keySet()) {
            if (!FIELDS.contains(field)) {
                throw wrong(name, "has a field '" + field + "', but knows only "
                        + String.join(", ", new TreeSet<>(FIELDS)));
            }
        }
        return table;
    }

    private Account account(String name, int index, TomlTable table) {
        double share = number(name, table, "share", s -> s > 0 && s < Double.POSITIVE_INFINITY, "above 0")
                .orElse(1);
        double floor = number(name, table, "floor", f -> f >= 0 && f <= 1, "from 0 to 1").orElse(0);
        long salt = sharesPrefixes(name, table) ? Account.SHARED_SALT : index + 1;
        return new Account(new Tenant(index, name, share), salt, budget(name, table), floor);
    }

    private Optional<Account.Budget> budget(String name, TomlTable table) {
        DoublePredicate amount = credits -> credits >= 0 && credits <= MOST_CREDITS;
        OptionalDouble refill = number(name, table, "refill", amount, "from 0 to a million credits a second");
        OptionalDouble cap = number(name, table, "cap", amount, "from 0 to a million credits");
        if (refill.isPresent() != cap.isPresent()) {
            throw wrong(name, "needs both refill and cap, or neither for a tenant without a budget");
        }
        return refill.isPresent()
                ? Optional.of(new Account.Budget(refill.getAsDouble(), cap.getAsDouble()))
                : Optional.empty();
    }

    private boolean sharesPrefixes(String name, TomlTable table) {
        Object value = table.get("share_prefixes");
        if (value != null && !(value instanceof Boolean)) {
            throw wrong(name, "share_prefixes must be true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    private OptionalDouble number(String name, TomlTable table, String field, DoublePredicate allowed,
            String range) {
        Object value = table.get(field);
        if (value == null) {
            return OptionalDouble.empty();
        }
        if (!(value instanceof Number number) || !allowed.test(number.doubleValue())) {
            throw wrong(name, field + " must be a number " + range + ", but is " + value);
        }
        return OptionalDouble.of(number.doubleValue());
    }

    private Set<KeyHash> keys(String name, TomlTable table) {
        Object value = table.get("keys");
        if (!(value instanceof TomlArray array) || array.isEmpty()) {
            throw wrong(name, "needs keys, a list of at least one hash made by 'pigou hash-key'");
        }
        Map<KeyHash, Integer> hashes = new LinkedHashMap<>();
        for (int i = 0; i < array.size(); i++) {
            KeyHash hash = hash(name, i, array.get(i));
            String owner = owners.put(hash, name);
            if (owner != null) {
                throw wrong(name, "keys[" + i + "] is already a key of " + NAME + "." + owner);
            }
            hashes.put(hash, i);
        }
        return hashes.keySet();
    }

    private KeyHash hash(String name, int i, Object value) {
        return Optional.of(value).filter(String.class::isInstance).map(String.class::cast)
                .flatMap(KeyHash::parse)
                .orElseThrow(() -> wrong(name,
                        "keys[" + i + "] is no SHA-256 hash of 64 hexadecimal digits. If it is a key, make"
                                + " another, for this one was written down, and name here only what"
                                + " 'pigou hash-key' prints for it"));
    }

    private IllegalArgumentException wrong(String name, String what) {
        return new IllegalArgumentException(path + ": " + NAME + "." + name + " " + what);
    }
}
