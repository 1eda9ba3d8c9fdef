package dev.pigou.bench.sim.demand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class DemandTest {
    private static final DemandSettings DEFAULT = DemandSettings.DEFAULT;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void loadDividesArrivalsAndChangesNothingElse() {
        Demand once = new SyntheticDemand(500, 5, 0.1).generate(DEFAULT);
        Demand twice = new SyntheticDemand(500, 5, 0.1).generate(
                new DemandSettings(2, DEFAULT.seed(), DEFAULT.values(), DEFAULT.patience(), 0, 0, 0));
        for (int i = 0; i < 500; i++) {
            Request a = once.requests().get(i);
            Request b = twice.requests().get(i);
            assertThat(b.arrivalNanos()).isBetween(a.arrivalNanos() / 2 - 1, a.arrivalNanos() / 2 + 1);
            assertThat(b.bid()).isEqualTo(a.bid());
            assertThat(b.promptTokens()).isEqualTo(a.promptTokens());
        }
    }

    @Test
    void valuesFollowTheRuleAndPatienceThePrompt() {
        Demand demand = new SyntheticDemand(20_000, 5, 0.1).generate(DEFAULT);
        assertThat(demand.requests()).allSatisfy(request -> {
            double patience = request.bid().value() / request.bid().latencyPrice();
            assertThat(patience).isCloseTo(request.promptTokens() > 8192 ? 60 : 15, within(1e-9));
            assertThat(request.maxTokens()).isBetween(2 * request.outputTokens(), 4 * request.outputTokens());
        });
        assertThat(share(demand, 1)).isCloseTo(0.6, within(0.02));
        assertThat(share(demand, 3)).isCloseTo(0.3, within(0.02));
        assertThat(share(demand, 10)).isCloseTo(0.1, within(0.02));
    }

    private static double share(Demand demand, double value) {
        return demand.requests().stream().filter(request -> request.bid().value() == value).count()
                / (double) demand.requests().size();
    }

    @Test
    void aTracesRequestsKeepTheirValuesWhenAnotherTraceIsMixedIn() throws IOException {
        TraceSpec chat = TraceSpec.parse(trace("chat.csv", 40, 1));
        TraceSpec other = TraceSpec.parse(trace("other.csv", 40, 0.7) + ",name=long,load=2,patience=60");
        Demand alone = TraceDemand.read(List.of(chat), DEFAULT);
        Demand mixed = TraceDemand.read(List.of(chat, other), DEFAULT);
        assertThat(mixed.requests()).hasSize(80)
                .isSortedAccordingTo((a, b) -> Long.compare(a.arrivalNanos(), b.arrivalNanos()));
        assertThat(mixed.tenants()).extracting(tenant -> tenant.name()).containsExactly("chat", "long");
        assertThat(mixed.requests().stream().filter(request -> request.bid().tenant().name().equals("chat"))
                .map(Request::bid))
                .containsExactlyElementsOf(alone.requests().stream().map(Request::bid).toList());
        assertThat(mixed.requests().stream().filter(request -> request.bid().tenant().name().equals("long")))
                .allMatch(request -> Math
                        .abs(request.bid().value() / request.bid().latencyPrice() - 60) < 1e-9);
    }

    private String trace(String name, int rows, double gap) throws IOException {
        StringBuilder text = new StringBuilder("arrival_s,input_tokens,output_tokens\n");
        for (int i = 0; i < rows; i++) {
            text.append(i * gap).append(",100,10\n");
        }
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return file.toString();
    }

    @Test
    void equalHashesGiveEqualTokensAndNothingElseDoes() {
        int[] a = new Prompt(100, new int[]{7, 8}, 32, 1, 1).tokens();
        int[] b = new Prompt(90, new int[]{7, 9}, 32, 1, 2).tokens();
        int[] elsewhere = new Prompt(100, new int[]{7, 8}, 32, 2, 1).tokens();
        assertThat(Arrays.mismatch(a, b)).isEqualTo(32);
        for (int i = 32; i < 90; i++) {
            assertThat(a[i]).isNotEqualTo(b[i]);
        }
        assertThat(Arrays.mismatch(a, elsewhere)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"f,load", "f,load=x", "f,speed=3", "f,load=0", "f,patience=-1", "f,longest=0"})
    void aTraceThatIsSaidWronglyIsExplained(String text) {
        assertThatThrownBy(() -> TraceSpec.parse(text)).isInstanceOf(IllegalArgumentException.class).message()
                .isNotBlank().doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1:0", "x:1", "1:0.5,", "-1:1"})
    void weightsThatMakeNoSenseAreExplained(String text) {
        assertThatThrownBy(() -> ValueRule.parseWeights(text)).hasMessageContaining("1:0.6,3:0.3,10:0.1");
    }
}
