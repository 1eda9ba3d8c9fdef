package dev.pigou.engine.openai;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ServiceTiersTest {
    @Test
    void aTierThatIsNotConfiguredKeepsItsStandard() {
        ServiceTiers tiers = ServiceTiers.of(List.of("flex = 0 : 0", "priority=20:1.5"));
        assertThat(tiers.of(ServiceTier.FLEX)).isEqualTo(new ServiceTiers.Worth(0, 0));
        assertThat(tiers.of(ServiceTier.DEFAULT)).isEqualTo(new ServiceTiers.Worth(1, 0.01));
        assertThat(tiers.of(ServiceTier.PRIORITY)).isEqualTo(new ServiceTiers.Worth(20, 1.5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "flex", "flex=1", "flex=1:2:3", "gold=1:1", "fast=1:1", "flex=-1:0",
            "flex=NaN:0", "flex=1:Infinity", "flex=1e9:0", "flex=a:b"})
    void whatCannotBeReadIsQuoted(String setting) {
        assertThatThrownBy(() -> ServiceTiers.of(List.of(setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--service-tiers must be ")
                .hasMessageEndingWith("; '" + setting + "' is not");
    }
}
