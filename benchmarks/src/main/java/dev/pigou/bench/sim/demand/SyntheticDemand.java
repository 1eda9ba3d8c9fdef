package dev.pigou.bench.sim.demand;

import java.util.SplittableRandom;

/**
 * Seeded demand that looks like real traffic: Poisson arrivals, log-normal lengths, a chat tenant whose prompts begin with
 * one of a few system prompts, and a tenant with long contexts.
 *
 * @param requests how many
 * @param perSecond how many arrive in a second
 * @param longShare of the requests that are long, in [0, 1]
 * @param answers factor on the lengths of answers
 * @param tide how the rate goes up and down
 */
public record SyntheticDemand(int requests, double perSecond, double longShare, double answers, Tide tide) {
    private static final int SYSTEM_PROMPTS = 20;
    private static final int SYSTEM_PROMPT_BLOCKS = 4;
    private static final int BLOCK_TOKENS = 64;
    /** Lengths of the public traces of chat and of long contexts, roughly. */
    private static final Lengths CHAT_PROMPT = new Lengths(900, 1.0, 8_000);
    private static final Lengths CHAT_ANSWER = new Lengths(150, 0.8, 1_000);
    private static final Lengths LONG_PROMPT = new Lengths(16_000, 0.6, 64_000);
    private static final Lengths LONG_ANSWER = new Lengths(250, 0.7, 1_000);

    public SyntheticDemand {
        if (requests < 1 || !(perSecond > 0) || !(longShare >= 0 && longShare <= 1)
                || !(answers > 0 && answers <= 1000)) {
            throw new IllegalArgumentException(
                    "synthetic demand needs requests of at least 1, a rate above 0,"
                            + " a long share in 0 to 1 and answers above 0 and up to 1000, but has "
                            + requests + ", " + perSecond + ", " + longShare + " and " + answers);
        }
    }

    /** At an even rate, with answers of the usual lengths. */
    public SyntheticDemand(int requests, double perSecond, double longShare) {
        this(requests, perSecond, longShare, 1, Tide.NONE);
    }

    /**
     * Reads {@code requests=10000,rate=5,long=0.05,answers=1,rush=1,lull_s=120,rush_s=120}; what is left out has these values.
     */
    public static SyntheticDemand parse(String text) {
        int requests = 10_000;
        double rate = 5;
        double longShare = 0.05;
        double answers = 1;
        double rush = 1;
        double lullSeconds = 120;
        double rushSeconds = 120;
        for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
            TraceSpec.Setting setting = TraceSpec.Setting.parse(part, text);
            switch (setting.key()) {
                case "requests" -> requests = (int) setting.number();
                case "rate" -> rate = setting.number();
                case "long" -> longShare = setting.number();
                case "answers" -> answers = setting.number();
                case "rush" -> rush = setting.number();
                case "lull_s" -> lullSeconds = setting.number();
                case "rush_s" -> rushSeconds = setting.number();
                default -> throw new IllegalArgumentException("'" + part + "' in '" + text
                        + "' is unknown; known are requests, rate, long, answers, rush," + " lull_s, rush_s");
            }
        }
        return new SyntheticDemand(requests, rate, longShare, answers,
                new Tide(rush, lullSeconds, rushSeconds));
    }

    public Demand generate(DemandSettings settings) {
        var random = new SplittableRandom(Seeds.mix(settings.seed(), requests));
        DemandBuilder builder = new DemandBuilder(settings);
        double arrival = 0;
        for (int i = 0; i < requests; i++) {
            arrival = tide.after(arrival, -Math.log(1 - random.nextDouble()) / perSecond);
            boolean isLong = random.nextDouble() < longShare;
            int prompt = (isLong ? LONG_PROMPT : CHAT_PROMPT).draw(random);
            int answer = (isLong ? LONG_ANSWER : CHAT_ANSWER).times(answers).draw(random);
            int[] hashes = isLong ? new int[0] : systemPrompt(random.nextInt(SYSTEM_PROMPTS));
            builder.add(isLong ? "long" : "chat", arrival, settings.patience().seconds(prompt),
                    new Prompt(prompt, hashes, BLOCK_TOKENS, 0, Seeds.mix(0, i)), answer);
        }
        return builder.build("synthetic");
    }

    private static int[] systemPrompt(int which) {
        int[] hashes = new int[SYSTEM_PROMPT_BLOCKS];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = which * SYSTEM_PROMPT_BLOCKS + i;
        }
        return hashes;
    }

    /** A log-normal law of lengths in tokens, cut off above. */
    private record Lengths(double median, double sigma, int most) {
        Lengths times(double factor) {
            return factor == 1 ? this : new Lengths(median * factor, sigma, (int) (most * factor));
        }

        int draw(SplittableRandom random) {
            return (int) Math.clamp(median * Math.exp(sigma * random.nextGaussian()), 1, most);
        }
    }
}
