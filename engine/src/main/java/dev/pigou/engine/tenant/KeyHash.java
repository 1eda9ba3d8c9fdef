package dev.pigou.engine.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The SHA-256 of an API key. Keys are long and random, so that nothing slower is needed to keep them from being guessed
 * from it.
 */
public final class KeyHash {
    private static final int BYTES = 32;

    private final byte[] digest;

    private KeyHash(byte[] digest) { this.digest = digest; }

    public static KeyHash of(String key) {
        try {
            return new KeyHash(
                    MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }

    /** From hexadecimal digits; empty if the text is no such hash. */
    public static Optional<KeyHash> parse(String hex) {
        boolean fits = hex.length() == 2 * BYTES && hex.chars().allMatch(HexFormat::isHexDigit);
        return fits ? Optional.of(new KeyHash(HexFormat.of().parseHex(hex))) : Optional.empty();
    }

    /** In lower-case hexadecimal digits. */
    public String hex() { return HexFormat.of().formatHex(digest); }

    /** Takes as long for hashes that differ at once as for those that differ at the end. */
    @Override
    public boolean equals(Object other) {
        return other instanceof KeyHash hash && MessageDigest.isEqual(digest, hash.digest);
    }

    @Override
    public int hashCode() { return Arrays.hashCode(digest); }

    /** Not the hash: it has no business in logs. */
    @Override
    public String toString() { return "KeyHash"; }
}
