package dev.pigou.engine.openai;

import dev.pigou.engine.tenant.Account;
import dev.pigou.scheduler.CacheTerms;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request says of cached prefixes: vLLM's {@code cache_salt}, and OpenAI's {@code prompt_cache_options.ttl}.
 *
 * @param salt prefixes are shared only with requests of the same tenant that send the same; empty for the tenant's own rule
 * @param leaseNanos how long the prompt is to be kept, for rent; 0 if not said
 */
record CacheFields(Optional<String> salt, long leaseNanos) {
    /** Of a request that says nothing of it. */
    static final CacheFields NONE = new CacheFields(Optional.empty(), 0);

    private static final String OPTIONS = "prompt_cache_options";
    private static final int MOST_SALT_CHARS = 1024;
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})([smh])");
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    /** Nobody outside can then work out whose salt a text comes to. */
    private static final byte[] SECRET = new SecureRandom().generateSeed(16);

    static CacheFields read(Fields fields) {
        Optional<String> salt = fields.string("cache_salt");
        salt.filter(text -> text.isEmpty() || text.length() > MOST_SALT_CHARS).ifPresent(text -> {
            throw ApiException.invalid("cache_salt",
                    "'cache_salt' must have 1 to " + MOST_SALT_CHARS + " characters, but has " + text.length()
                            + "; leave it out to share prefixes as your tenant does.");
        });
        return new CacheFields(salt, fields.object(OPTIONS).map(CacheFields::lease).orElse(0L));
    }

    private static long lease(Fields options) {
        String mode = options.string("mode").orElse("implicit");
        if (!mode.equals("implicit")) {
            throw ApiException.invalid(options.param("mode"), "'" + options.param("mode")
                    + "' must be implicit: the whole prompt is cached, and breakpoints in it are not supported.");
        }
        long nanos = options.string("ttl").map(text -> nanos(text, options.param("ttl"))).orElse(0L);
        options.firstUnknown().ifPresent(name -> {
            throw ApiException.invalid(options.param(name),
                    "'" + options.param(name) + "' is not supported; only ttl and mode are.");
        });
        return nanos;
    }

    private static long nanos(String text, String param) {
        Matcher duration = DURATION.matcher(text);
        long nanos = duration.matches() ? Long.parseLong(duration.group(1)) * unit(duration.group(2)) : 0;
        if (nanos == 0 || nanos > CacheTerms.LONGEST_LEASE_NANOS) {
            throw ApiException.invalid(param, "'" + param
                    + "' must be a time from 1s to 24h as a whole number with s, m or h behind it, such as 30m,"
                    + " but is '" + Fields.shorten(text) + "'.");
        }
        return nanos;
    }

    private static long unit(String letter) {
        return switch (letter) {
            case "s" -> NANOS_PER_SECOND;
            case "m" -> 60 * NANOS_PER_SECOND;
            default -> 3600 * NANOS_PER_SECOND;
        };
    }

    /** As the engine knows them. A salt of the request's own is below 0, where no account's is. */
    CacheTerms terms(Account caller) {
        return new CacheTerms(
                salt.map(text -> Long.MIN_VALUE | hash(caller, text)).orElse(caller.cacheSalt()), leaseNanos);
    }

    private static long hash(Account caller, String text) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(SECRET);
            sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, caller.tenant().index()));
            return ByteBuffer.wrap(sha.digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every Java has it
        }
    }
}
