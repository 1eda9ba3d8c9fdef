package dev.pigou.engine.tenant;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys that open the API, and the account each belongs to. Immutable. */
public final class ApiKeys {
    /** No key is asked for. */
    public static final ApiKeys NONE = new ApiKeys(List.of());

    private final List<Map.Entry<KeyHash, Account>> entries;

    private ApiKeys(List<Map.Entry<KeyHash, Account>> entries) { this.entries = entries; }

    /** One key for everybody. */
    public static ApiKeys single(String key) {
        return new ApiKeys(List.of(Map.entry(KeyHash.of(key), Account.ANYBODY)));
    }

    /** Without any it would be an open door, and so it may not be empty. */
    public static ApiKeys of(Map<KeyHash, Account> accounts) {
        if (accounts.isEmpty()) {
            throw new IllegalArgumentException("accounts without keys cannot be told apart");
        }
        return new ApiKeys(List.copyOf(accounts.entrySet()));
    }

    public boolean areRequired() { return !entries.isEmpty(); }

    /**
     * Whose key it is; empty if nobody's. It takes the same time for every wrong key: what is compared is its hash, with each
     * one there is.
     */
    public Optional<Account> account(String key) {
        KeyHash given = KeyHash.of(key);
        Optional<Account> found = Optional.empty();
        for (Map.Entry<KeyHash, Account> entry : entries) {
            if (entry.getKey().equals(given)) {
                found = Optional.of(entry.getValue());
            }
        }
        return found;
    }

    /** Every account there is, by the tenant's index. */
    public List<Account> accounts() {
        return entries.isEmpty()
                ? List.of(Account.ANYBODY)
                : entries.stream().map(Map.Entry::getValue).distinct()
                        .sorted((a, b) -> Integer.compare(a.tenant().index(), b.tenant().index())).toList();
    }
}
