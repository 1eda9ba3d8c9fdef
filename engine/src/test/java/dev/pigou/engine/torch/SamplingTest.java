package dev.pigou.engine.torch;

import dev.pigou.engine.RecordingSink;
import dev.pigou.engine.TokenLogprobs;
import dev.pigou.engine.torch.GoldenModels.Case;
import dev.pigou.engine.torch.TestEngine.Setup;
import dev.pigou.scheduler.FinishReason;
import dev.pigou.scheduler.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Sampling on the device, seen from outside: what is drawn, how often, and that neighbours do not matter. */
@ParameterizedClass
@MethodSource("kernels")
@SuppressWarnings("NullAway.Init") // set up before the first test
class SamplingTest {
    private static final String MODEL = "llama-f32";
    private static final int DRAWS = 3000;

    private static TestEngine engine;
    private static Case golden;
    private static TokenLogprobs first;

    @Parameter
    private KernelSet kernels;

    static List<KernelSet> kernels() { return TestKernels.all(); }

    @BeforeParameterizedClassInvocation
    static void load(KernelSet kernels) {
        engine = TestEngine.load(MODEL, Setup.roomy(kernels));
        golden = GoldenModels.cases(MODEL).get(3);
        first = engine.submit(golden.prompt(), one().temperature(0).logprobs(20).build()).await().logprobs
                .getFirst().getFirst();
    }

    @AfterParameterizedClassInvocation
    static void close() { engine.close(); }

    private static SamplingParams.Builder one() {
        return SamplingParams.builder().ignoreEos(true).maxTokens(1);
    }

    /** How often each token comes first, over many seeds. */
    private static Map<Integer, Integer> histogram(IntFunction<SamplingParams> params) {
        List<RecordingSink> sinks = IntStream.range(0, DRAWS)
                .mapToObj(seed -> engine.submit(golden.prompt(), params.apply(seed))).toList();
        var counts = new HashMap<Integer, Integer>();
        sinks.forEach(sink -> counts.merge(sink.await().tokens.getFirst().getFirst(), 1, Integer::sum));
        return counts;
    }

    /** Within five standard deviations of a binomial count. */
    private static void assertFrequency(Map<Integer, Integer> counts, int token, double probability) {
        double deviation = Math.sqrt(DRAWS * probability * (1 - probability));
        assertThat((double) counts.getOrDefault(token, 0)).as("token %d, probability %f", token, probability)
                .isCloseTo(DRAWS * probability, within(5 * deviation + 1));
    }

    @Test
    void tokensAreDrawnAsOftenAsTheirProbability() {
        var counts = histogram(seed -> one().seed(seed).build());
        for (int i = 0; i < 20; i++) {
            assertFrequency(counts, first.topTokens()[i], Math.exp(first.topLogprobs()[i]));
        }
    }

    @Test
    void temperatureSharpensTheDistribution() {
        var counts = histogram(seed -> one().seed(seed).temperature(0.25f).build());
        double best = first.topLogprobs()[0];
        double total = 0;
        for (double logprob : first.topLogprobs()) {
            total += Math.exp(4 * (logprob - best)); // what lies below the twenty likeliest is negligible now
        }
        for (int i = 0; i < 5; i++) {
            assertFrequency(counts, first.topTokens()[i],
                    Math.exp(4 * (first.topLogprobs()[i] - best)) / total);
        }
    }

    @Test
    void topKDrawsFromExactlyTheKLikeliest() {
        var counts = histogram(seed -> one().seed(seed).topK(4).build());
        double total = IntStream.range(0, 4).mapToDouble(i -> Math.exp(first.topLogprobs()[i])).sum();
        assertThat(counts.keySet()).isSubsetOf(first.topTokens()[0], first.topTokens()[1],
                first.topTokens()[2], first.topTokens()[3]);
        for (int i = 0; i < 4; i++) {
            assertFrequency(counts, first.topTokens()[i], Math.exp(first.topLogprobs()[i]) / total);
        }
    }

    @Test
    void topPDrawsFromTheSmallestSetThatReachesIt() {
        float topP = 0.3f;
        var nucleus = new ArrayList<Integer>();
        double mass = 0;
        for (int i = 0; mass < topP; i++) {
            nucleus.add(first.topTokens()[i]);
            mass += Math.exp(first.topLogprobs()[i]);
        }
        var counts = histogram(seed -> one().seed(seed).topP(topP).build());
        assertThat(counts.keySet()).hasSizeGreaterThan(1).isSubsetOf(nucleus);
        assertFrequency(counts, first.topTokens()[0], Math.exp(first.topLogprobs()[0]) / mass);
    }

    @Test
    void minPDropsWhatIsUnlikelyBesideTheBest() {
        float minP = 0.5f;
        var kept = IntStream.range(0, 20)
                .filter(i -> first.topLogprobs()[i] >= first.topLogprobs()[0] + Math.log(minP))
                .mapToObj(i -> first.topTokens()[i]).toList();
        assertThat(histogram(seed -> one().seed(seed).minP(minP).build()).keySet()).isSubsetOf(kept);
    }

    @Test
    void theNarrowestCutIsGreedy() {
        var greedy = engine.submit(golden.prompt(), one().temperature(0).maxTokens(24).build());
        var cuts = List.of(one().topK(1), one().topP(1e-6f), one().minP(1f));
        for (SamplingParams.Builder cut : cuts) {
            assertThat(engine.submit(golden.prompt(), cut.maxTokens(24).build()).await().tokens)
                    .isEqualTo(greedy.await().tokens);
        }
    }

    @Test
    void aSeedGivesTheSameTokensAloneAndInABatch() {
        var settings = List.of(one().seed(5), one().seed(6).topP(0.9f),
                one().seed(7).topK(50).temperature(1.5f), one().seed(8).frequencyPenalty(1f));
        var alone = new ArrayList<List<List<Integer>>>();
        for (SamplingParams.Builder setting : settings) {
            alone.add(engine.submit(golden.prompt(), setting.maxTokens(40).build()).await().tokens);
        }
        var together = new ArrayList<RecordingSink>();
        for (int round = 0; round < 8; round++) {
            for (SamplingParams.Builder setting : settings) {
                together.add(engine.submit(golden.prompt(), setting.maxTokens(40).build()));
            }
            Case other = GoldenModels.cases(MODEL).get(round % 6);
            engine.submit(other.prompt(), one().maxTokens(50).build());
        }
        for (int i = 0; i < together.size(); i++) {
            assertThat(together.get(i).await().tokens).isEqualTo(alone.get(i % settings.size()));
        }
    }

    @Test
    void choicesDifferAndRepeatWithTheirSeed() {
        var params = one().seed(11).maxTokens(20).build();
        var once = engine.submit(golden.prompt(), params, 4).await();
        assertThat(once.tokens).doesNotHaveDuplicates();
        assertThat(engine.submit(golden.prompt(), params, 4).await().tokens).isEqualTo(once.tokens);
        assertThat(engine.submit(golden.prompt(), one().seed(13).maxTokens(20).build()).await().tokens
                .getFirst()).as("choice i uses seed + i").isEqualTo(once.tokens.get(2));
    }

    @Test
    void biasForcesAndForbids() {
        int best = first.topTokens()[0];
        int other = 77;
        assertThat(only(one().temperature(0).logitBias(new int[]{other}, new float[]{100}))).isEqualTo(other);
        assertThat(only(one().temperature(0).logitBias(new int[]{best}, new float[]{-100})))
                .isEqualTo(first.topTokens()[1]);
    }

    private static int only(SamplingParams.Builder params) {
        return engine.submit(golden.prompt(), params.build()).await().tokens.getFirst().getFirst();
    }

    /** Log-probabilities differ from logits by a constant, which does not change the best of penalised ones. */
    @Test
    void presenceAndFrequencyPenaltiesCountProducedTokens() {
        float presence = 0.7f;
        float frequency = 1.3f;
        var sink = engine.submit(golden.prompt(), one().temperature(0).presencePenalty(presence)
                .frequencyPenalty(frequency).maxTokens(40).logprobs(20).build()).await();
        var produced = new HashMap<Integer, Integer>();
        for (TokenLogprobs step : sink.logprobs.getFirst()) {
            int expected = IntStream.range(0, 20).boxed().max(Comparator.comparingDouble(i -> {
                int count = produced.getOrDefault(step.topTokens()[i], 0);
                return step.topLogprobs()[i] - frequency * count - (count > 0 ? presence : 0);
            })).map(i -> step.topTokens()[i]).orElseThrow();
            assertThat(step.token()).isEqualTo(expected);
            produced.merge(step.token(), 1, Integer::sum);
        }
    }

    @Test
    void repetitionPenaltyDividesThePromptsLogitsToo() {
        float penalty = 1.8f;
        for (Case prompt : GoldenModels.cases(MODEL)) {
            var seen = Arrays.stream(prompt.prompt()).boxed().toList();
            int expected = prompt.likelyFirst().stream()
                    .max(Comparator.comparingDouble(
                            likely -> seen.contains(likely.id()) ? likely.logit() / penalty : likely.logit()))
                    .orElseThrow().id();
            var sink = engine.submit(prompt.prompt(),
                    one().temperature(0).repetitionPenalty(penalty).build());
            assertThat(sink.await().tokens.getFirst()).containsExactly(expected);
        }
    }

    @Test
    void promptLogprobsAreThoseOfEachPrefix() {
        try (var chunked = TestEngine.load(MODEL, Setup.roomy(kernels).withBatch(4, 7))) {
            int[] prompt = GoldenModels.cases(MODEL).get(4).prompt();
            var scored = chunked.submit(prompt, one().promptLogprobs(3).maxTokens(0).build()).await();
            assertThat(scored.reasons).containsExactly(FinishReason.LENGTH);
            assertThat(scored.promptLogprobs).hasSize(prompt.length - 1);
            for (int at = 1; at < prompt.length; at++) {
                TokenLogprobs found = scored.promptLogprobs.get(at - 1);
                assertThat(found.token()).isEqualTo(prompt[at]);
                var prefix = engine
                        .submit(Arrays.copyOf(prompt, at), one().temperature(0).logprobs(3).build()).await();
                TokenLogprobs expected = prefix.logprobs.getFirst().getFirst();
                assertThat(found.topTokens()).containsExactly(expected.topTokens());
                assertThat(found.topLogprobs()).containsExactly(expected.topLogprobs(), within(1e-4f));
            }
        }
    }

    @Test
    void aSequenceEndsWithTheStopTokenItWasGiven() {
        int third = golden.ids()[2];
        var sink = engine
                .submit(golden.prompt(), one().temperature(0).maxTokens(20).stopTokenIds(third).build())
                .await();
        assertThat(sink.reasons).containsExactly(FinishReason.STOP);
        assertThat(sink.tokens.getFirst()).endsWith(third);
    }
}
