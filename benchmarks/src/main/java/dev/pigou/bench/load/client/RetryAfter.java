package dev.pigou.bench.load.client;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** When a server wants to be asked again. */
final class RetryAfter {
    private RetryAfter() {}

    /** Seconds, from {@code retry-after-ms} (OpenAI's) or {@code Retry-After} (a number or a date); empty if neither helps. */
    static OptionalDouble seconds(HttpHeaders headers, Instant now) {
        OptionalDouble millis = number(headers.get("retry-after-ms"));
        if (millis.isPresent()) {
            return OptionalDouble.of(millis.getAsDouble() / 1000);
        }
        String header = headers.get(HttpHeaderNames.RETRY_AFTER);
        OptionalDouble seconds = number(header);
        return header == null || seconds.isPresent() ? seconds : untilDate(header, now);
    }

    private static OptionalDouble number(@Nullable String header) {
        return header != null && header.strip().matches("\\d{1,12}(\\.\\d{1,9})?")
                ? OptionalDouble.of(Double.parseDouble(header.strip()))
                : OptionalDouble.empty();
    }

    private static OptionalDouble untilDate(String header, Instant now) {
        try {
            Instant date = ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return OptionalDouble.of(Math.max(0, Duration.between(now, date).toMillis() / 1000.0));
        } catch (DateTimeParseException _) {
            return OptionalDouble.empty();
        }
    }
}
