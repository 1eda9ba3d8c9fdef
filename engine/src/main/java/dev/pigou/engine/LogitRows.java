package dev.pigou.engine;

import dev.pigou.engine.StepSections.Section;
import dev.pigou.scheduler.SamplingParams;
import dev.pigou.scheduler.Sequence;
import dev.pigou.scheduler.StepPlan;

/**
 * Which tokens of a step are projected to logits, and what becomes of each such row: a sampled token, a scored prompt
 * token, log-probabilities. Reused from step to step and owned by the engine thread.
 */
final class LogitRows {
    private static final int NONE = -1;

    private final StepSections sections;
    private final PenaltyCounts penalties;
    private final long entropy;

    /** By chunk of the plan. */
    private int[] sampledRow = new int[64];
    private int[] logprobRow = new int[64];
    private int[] firstScoredRow = new int[64];
    private boolean penalised;

    LogitRows(StepSections sections, int vocabSize, long entropy) {
        this.sections = sections;
        this.entropy = entropy;
        penalties = new PenaltyCounts(vocabSize);
    }

    /** Row of the token sampled for {@code chunk}; -1 if none is. */
    int sampledRow(int chunk) {
        return sampledRow[chunk];
    }

    /** Row among the sampled rows that want log-probabilities; -1 if the chunk wants none. */
    int logprobRow(int chunk) {
        return logprobRow[chunk];
    }

    /** Row, among the scored prompt tokens, of the chunk's first one. */
    int firstScoredRow(int chunk) {
        return firstScoredRow[chunk];
    }

    /** True if a row is sampled whose successor's logits depend on what is sampled. */
    boolean isPenalised() {
        return penalised;
    }

    /** One past the last position of the chunk whose successor is a prompt token to be scored. */
    static int lastScored(StepPlan plan, int chunk) {
        Sequence sequence = plan.sequence(chunk);
        if (!sequence.scoresPrompt()) {
            return plan.from(chunk);
        }
        return Math.max(plan.from(chunk), Math.min(plan.to(chunk), sequence.promptLength() - 1));
    }

    /** Appends every section about rows. {@code order} lists the plan's chunks as their tokens are packed. */
    void pack(StepPlan plan, int[] order) {
        ensureCapacity(plan.size());
        sections.append(Section.SAMPLED, () -> packSampled(plan, order));
        sections.append(Section.SCORED, () -> packScored(plan, order));
        sections.append(Section.TARGETS, () -> packTargets(plan, order));
        sections.append(Section.LOGPROB_ROWS, () -> packLogprobRows(plan, order));
        sections.append(Section.PLAIN, () -> packRandom(plan, order, true));
        sections.append(Section.CUT, () -> packRandom(plan, order, false));
        sections.append(Section.TOP_K, () -> packTopK(plan, order));
        packPenalties(plan, order);
        packBias(plan, order);
    }

    private void packSampled(StepPlan plan, int[] order) {
        int row = 0;
        int token = 0;
        for (int i = 0; i < plan.size(); i++) {
            int chunk = order[i];
            token += plan.to(chunk) - plan.from(chunk);
            sampledRow[chunk] = plan.samples(chunk) ? row++ : NONE;
            if (plan.samples(chunk)) {
                sections.add(token - 1);
            }
        }
    }

    private void packScored(StepPlan plan, int[] order) {
        int row = 0;
        int token = 0;
        for (int i = 0; i < plan.size(); i++) {
            int chunk = order[i];
            firstScoredRow[chunk] = row;
            for (int at = plan.from(chunk); at < lastScored(plan, chunk); at++) {
                sections.add(token + at - plan.from(chunk));
                row++;
            }
            token += plan.to(chunk) - plan.from(chunk);
        }
    }

    private void packTargets(StepPlan plan, int[] order) {
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(order[i]);
            for (int at = plan.from(order[i]); at < lastScored(plan, order[i]); at++) {
                sections.add(sequence.token(at + 1));
                sections.wantTop(sequence.params().promptLogprobs());
            }
        }
    }

    private void packLogprobRows(StepPlan plan, int[] order) {
        int row = 0;
        for (int i = 0; i < plan.size(); i++) {
            int chunk = order[i];
            int top = plan.sequence(chunk).params().logprobs();
            boolean wanted = sampledRow[chunk] != NONE && top != SamplingParams.NO_LOGPROBS;
            logprobRow[chunk] = wanted ? row++ : NONE;
            if (wanted) {
                sections.add(sampledRow[chunk]);
                sections.wantTop(top);
            }
        }
    }

    private boolean isRandom(int chunk, SamplingParams params, boolean plain) {
        return sampledRow[chunk] != NONE && !params.greedy() && params.wholeVocabulary() == plain;
    }

    private void packRandom(StepPlan plan, int[] order, boolean plain) {
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(order[i]);
            SamplingParams params = sequence.params();
            if (isRandom(order[i], params, plain)) {
                sections.add(sampledRow[order[i]]);
                long seed = params.seed().orElse(entropy ^ SeededUniform.mix(sequence.id()));
                sections.addReal(params.temperature());
                sections.addReal(params.topP());
                sections.addReal(params.minP());
                sections.addReal(SeededUniform.at(seed, plan.to(order[i]) - sequence.promptLength()));
            }
        }
    }

    private void packTopK(StepPlan plan, int[] order) {
        for (int i = 0; i < plan.size(); i++) {
            SamplingParams params = plan.sequence(order[i]).params();
            if (isRandom(order[i], params, false)) {
                sections.add(params.topK());
            }
        }
    }

    private void packPenalties(StepPlan plan, int[] order) {
        penalties.clear();
        penalised = false;
        for (int i = 0; i < plan.size(); i++) {
            Sequence sequence = plan.sequence(order[i]);
            if (sampledRow[order[i]] != NONE && sequence.params().penalises()) {
                penalised = true;
                for (int n = penalties.add(sampledRow[order[i]], sequence); n > 0; n--) {
                    sections.addReal(sequence.params().repetitionPenalty());
                    sections.addReal(sequence.params().presencePenalty());
                    sections.addReal(sequence.params().frequencyPenalty());
                }
            }
        }
        sections.append(Section.PENALTY_ROWS, () -> penalties.forEach((row, _, _) -> sections.add(row)));
        sections.append(Section.PENALTY_TOKENS,
                () -> penalties.forEach((_, token, _) -> sections.add(token)));
        sections.append(Section.PENALTY_COUNTS,
                () -> penalties.forEach((_, _, count) -> sections.add(count)));
    }

    private interface BiasVisitor {
        void visit(int row, int token, float value);
    }

    private void packBias(StepPlan plan, int[] order) {
        sections.append(Section.BIAS_ROWS, () -> forEachBias(plan, order, (row, _, _) -> sections.add(row)));
        sections.append(Section.BIAS_TOKENS,
                () -> forEachBias(plan, order, (_, token, _) -> sections.add(token)));
        forEachBias(plan, order, (_, _, value) -> sections.addReal(value));
    }

    private void forEachBias(StepPlan plan, int[] order, BiasVisitor visitor) {
        for (int i = 0; i < plan.size(); i++) {
            SamplingParams params = plan.sequence(order[i]).params();
            for (int b = 0; sampledRow[order[i]] != NONE && b < params.biasTokens().length; b++) {
                visitor.visit(sampledRow[order[i]], params.biasTokens()[b], params.biasValues()[b]);
            }
        }
    }

    private void ensureCapacity(int chunks) {
        if (chunks > sampledRow.length) {
            int capacity = Math.max(chunks, 2 * sampledRow.length);
            sampledRow = new int[capacity];
            logprobRow = new int[capacity];
            firstScoredRow = new int[capacity];
        }
    }
}
