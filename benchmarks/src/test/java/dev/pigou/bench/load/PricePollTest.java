package dev.pigou.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class PricePollTest {
    @Test
    void timestampsAndForecastsBesideThePricesAreNoPrices() {
        String answer = "{\"object\":\"pigou.prices\",\"created\":1764012345,\"block_size\":16,"
                + "\"prices\":{\"prefill\":1e-7,\"kv_waiting\":0.5},\"forecast\":{\"kv\":[{\"price\":1}]}}";
        assertThat(PricePoll.prices(answer.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Map.of("prefill", 1e-7, "kv_waiting", 0.5));
    }
}
