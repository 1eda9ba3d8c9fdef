package dev.pigou.bench.load.client;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.time.Instant;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2025-06-15T12:00:00Z");

    @Test
    void millisecondsComeBeforeSecondsAndSecondsMayBeADate() {
        assertThat(seconds("Retry-After", "2")).hasValue(2);
        assertThat(seconds("Retry-After", "0.25")).hasValue(0.25);
        assertThat(seconds("Retry-After", "9", "retry-after-ms", "150")).hasValue(0.15);
        assertThat(seconds("Retry-After", "Sun, 15 Jun 2025 12:00:30 GMT")).hasValue(30);
        assertThat(seconds("Retry-After", "Sun, 15 Jun 2025 11:00:00 GMT")).hasValue(0);
        assertThat(seconds("Retry-After", "soon")).isEmpty();
        assertThat(seconds("Retry-After", "-1")).isEmpty();
        assertThat(seconds("X", "1")).isEmpty();
    }

    private static OptionalDouble seconds(String... headers) {
        var all = new DefaultHttpHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.set(headers[i], headers[i + 1]);
        }
        return RetryAfter.seconds(all, NOW);
    }
}
