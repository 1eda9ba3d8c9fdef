package dev.pigou.scheduler;

import dev.pigou.kvcache.BlockTable;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One prompt and what has been produced after it. There is no prefill or decode phase: {@link
 * #computedTokens} lags behind {@link #length}, and each step moves the first toward the second. Owned by the
 * thread that owns the scheduler; only the scheduler changes it.
 */
public final class Sequence {
    /** Tokens a sequence can produce after admission before its storage has to grow. */
    private static final int ROOM = 1024;
    private static final int NOT_QUEUED = -1;
    private static final int NOT_IN_FLIGHT = -1;
    private static final long NOT_DELAYED = Long.MIN_VALUE;

    private final long id;
    private final SamplingParams params;
    private final Bid bid;
    private final int promptLength;
    private final long arrivalNanos;
    private final SequenceListener listener;
    private final CacheTerms cache;
    private final BlockTable blocks;

    private int[] tokens;
    private int length;
    private int maxLength;
    private int computedTokens;
    private int chunkInFlight = NOT_IN_FLIGHT;
    private boolean awaitsToken;
    private int cachedTokens;
    private boolean admittedBefore;
    private int preemptions;
    private int queueIndex = NOT_QUEUED;
    private double rank;
    private double footprint;
    private long delayNanos;
    private long delayedSinceNanos;
    private SequenceState state = SequenceState.WAITING;
    private @Nullable FinishReason finishReason;
    private @Nullable Refusal refusal;
    private @Nullable PrefixLease lease;
    private final Charge charge = new Charge();

    /**
     * A sequence that no scheduler knows yet.
     *
     * @param id unique among the sequences of one scheduler
     * @param promptTokens at least one; copied
     * @param cache with whom it shares prefixes, and whether it leases its own
     * @param bid what it is worth to whom
     * @param arrivalNanos when the request came in, on the clock that the scheduler is given
     */
    public Sequence(long id, int[] promptTokens, SamplingParams params, CacheTerms cache, Bid bid,
            long arrivalNanos, SequenceListener listener) {
        if (promptTokens.length == 0) {
            throw new IllegalArgumentException(
                    "sequence " + id + " has an empty prompt; give at least one token");
        }
        this.id = id;
        this.params = params;
        this.bid = bid;
        this.promptLength = promptTokens.length;
        this.arrivalNanos = arrivalNanos;
        this.listener = listener;
        delayedSinceNanos = arrivalNanos;
        this.cache = cache;
        blocks = new BlockTable(cache.salt(), bid.tenant().index(), bid.value());
        tokens = promptTokens.clone();
        length = promptLength;
        maxLength = (int) Math.min((long) promptLength + params.maxTokens(), Integer.MAX_VALUE);
    }

    /** A sequence whose sender said nothing of its worth. */
    public Sequence(long id, int[] promptTokens, SamplingParams params, long cacheSalt, long arrivalNanos,
            SequenceListener listener) {
        this(id, promptTokens, params, CacheTerms.salted(cacheSalt), Bid.DEFAULT, arrivalNanos, listener);
    }

    public long id() { return id; }

    public SamplingParams params() { return params; }

    public Bid bid() { return bid; }

    public CacheTerms cache() { return cache; }

    /** The lease that it left behind when it ended; null if none. */
    public @Nullable PrefixLease lease() {
        return lease;
    }

    /** What it has been charged, to which the policy adds. */
    public Charge charge() { return charge; }

    /** Why the policy refused it; null if it did not, or said nothing. */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /** For policies: to be called before the sequence is refused. */
    public void refuse(Refusal because) {
        refusal = because;
    }

    /** What the policy last set; 0 before. */
    public double rank() { return rank; }

    /** For the policy's own use: most of them order by a number, and keep it here. */
    public void rank(double newRank) {
        rank = newRank;
    }

    /** What the policy last set; 0 before. */
    public double footprint() { return footprint; }

    /** For the policy's own use: the block-seconds it expects the sequence to hold from its next admission on. */
    public void footprint(double blockSeconds) {
        footprint = blockSeconds;
    }

    /**
     * How long its sender has waited in vain: from arrival to the first token, and from each preemption to the token after
     * it.
     */
    public long delayNanos(long nowNanos) {
        return delayNanos
                + (delayedSinceNanos == NOT_DELAYED ? 0 : Math.max(0, nowNanos - delayedSinceNanos));
    }

    /** True while its sender waits in vain, for the first token or for the one after a preemption. */
    public boolean isDelayed() {
        return delayedSinceNanos != NOT_DELAYED;
    }

    /** Credits that the answer is worth if the next token comes now; at least 0. */
    public double value(long nowNanos) {
        boolean tooLate = outputLength() == 0 && nowNanos > bid.deadlineNanos();
        return tooLate ? 0 : bid.valueAfter(delayNanos(nowNanos));
    }

    public int promptLength() { return promptLength; }

    /** Tokens known: the prompt and what was produced. */
    public int length() { return length; }

    /**
     * Length at which the sequence ends with LENGTH; equal to {@link #promptLength} if it only scores its
     * prompt.
     */
    public int maxLength() { return maxLength; }

    /** The token at position {@code i} in [0, length). */
    public int token(int i) {
        if (i >= length) {
            throw new IndexOutOfBoundsException("token " + i + " of a sequence of " + length);
        }
        return tokens[i];
    }

    /** Tokens produced. */
    public int outputLength() { return length - promptLength; }

    /**
     * Positions [0, computedTokens) have their keys and values in the blocks, or will have before any other step begins that
     * is planned from now on.
     */
    public int computedTokens() { return computedTokens; }

    /** Prompt tokens that were in the cache when the sequence was first admitted. */
    public int cachedTokens() {
        return cachedTokens;
    }

    public BlockTable blocks() { return blocks; }

    public SequenceState state() { return state; }

    /** Null until the sequence has ended. */
    public @Nullable FinishReason finishReason() {
        return finishReason;
    }

    /** Times the sequence lost its blocks and went back to waiting. */
    public int preemptions() {
        return preemptions;
    }

    public long arrivalNanos() { return arrivalNanos; }

    /**
     * True if each prompt position is scored. Such a sequence computes its whole prompt and reads nothing
     * from the prefix cache. After a preemption it computes, and so scores, the same positions again.
     */
    public boolean scoresPrompt() { return params.promptLogprobs() != SamplingParams.NO_LOGPROBS; }

    /**
     * Positions that may come from the cache: all but the last, which has to be computed for the token after
     * it.
     */
    int reusableTokens() { return scoresPrompt() ? 0 : length - 1; }

    /** Most positions the sequence ever computes: its last token is produced but never computed. */
    int mostComputedTokens() {
        return Math.max(promptLength, maxLength - 1);
    }

    /** {@link #length} once the step in flight is over, if that is not its end. */
    int lengthAhead() {
        return awaitsToken ? length + 1 : length;
    }

    /** True if the sequence may still get a token, after the one that it awaits. */
    boolean mayProduce() {
        return lengthAhead() < maxLength;
    }

    /** Positions that the next step may compute. None if the token that it awaits is its last. */
    int uncomputed() {
        return awaitsToken && !mayProduce() ? 0 : lengthAhead() - computedTokens;
    }

    /** Index of its chunk in the plan in flight; -1 if it has none there, or none of which anybody awaits the outcome. */
    int chunkInFlight() {
        return chunkInFlight;
    }

    /** The storage behind {@link #token}, valid in [0, length). */
    int[] tokens() { return tokens; }

    void limit(int maxModelLen) { maxLength = Math.min(maxLength, maxModelLen); }

    void queuedAt(int index) { queueIndex = index; }

    void unqueued() { queueIndex = NOT_QUEUED; }

    int queueIndex() { return queueIndex; }

    boolean isQueued() { return queueIndex != NOT_QUEUED; }

    /** Storage is made here and not while waiting, so that a long queue costs no more than its prompts. */
    void admitted(int fromCache, int blockSize) {
        state = SequenceState.RUNNING;
        computedTokens = fromCache;
        if (!admittedBefore) {
            admittedBefore = true;
            cachedTokens = fromCache;
        }
        int room = Math.min(maxLength, length + ROOM);
        if (room > tokens.length) {
            tokens = Arrays.copyOf(tokens, room);
        }
        blocks.ensureCapacity(room / blockSize + 1);
    }

    void preempted(long nowNanos) {
        state = SequenceState.WAITING;
        computedTokens = 0;
        landed(); // what is in flight for it is dropped, and computed again with the rest
        preemptions++;
        delayedSinceNanos = delayedSinceNanos == NOT_DELAYED ? nowNanos : delayedSinceNanos;
    }

    void computedTo(int position) { computedTokens = position; }

    /** Its chunk has been handed to the device. */
    void launched(int chunk, int to, boolean samples) {
        chunkInFlight = chunk;
        awaitsToken = samples;
        computedTokens = to;
    }

    /** Its chunk was not executed. */
    void recalled(int from) {
        landed();
        computedTokens = from;
    }

    /** Nothing is in flight for it any more. */
    void landed() {
        chunkInFlight = NOT_IN_FLIGHT;
        awaitsToken = false;
    }

    void append(int token, long nowNanos) {
        delayNanos = delayNanos(nowNanos);
        delayedSinceNanos = NOT_DELAYED;
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, (int) Math.min(maxLength, 2L * length));
        }
        tokens[length++] = token;
    }

    void produced(int token, int chunk) { listener.onToken(this, token, chunk); }

    void finished(FinishReason reason) {
        state = SequenceState.FINISHED;
        landed();
        finishReason = reason;
    }

    void leased(@Nullable PrefixLease granted) { lease = granted; }

    PrefixLease.Listener leaseListener() { return listener.ofLeases(); }

    /** Tells the listener. The last that happens to a sequence. */
    void announceEnd() {
        listener.onFinished(this, Objects.requireNonNull(finishReason));
    }
}
