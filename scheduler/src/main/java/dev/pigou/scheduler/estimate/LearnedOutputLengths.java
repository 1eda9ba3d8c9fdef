package dev.pigou.scheduler.estimate;

import dev.pigou.scheduler.Sequence;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Learns how long answers get from those that have ended: for each tenant, size of {@code max_tokens} and class of service
 * by itself, as far as enough of those were seen; else for the tenant and size, for the size, for all, and at last from a
 * guess. What was seen fades, so that estimates follow. Owned by the scheduler's thread. A tenant's first answer of a size,
 * or of a further class, makes its table; then nothing is allocated.
 *
 * <p>Answers that run at present are not looked at. So when a server starts, or what it is asked for changes, the
 * short answers of the new kind are known before the long ones, and estimates are short for as long as an answer
 * takes.
 */
public final class LearnedOutputLengths implements OutputLengths {
    /** Where {@code max_tokens} is split: each size is four times the one before. */
    private static final int SIZES = 8;
    private static final int SMALLEST_SIZE_BITS = 4;

    private static final LengthLaw PRIOR = LengthLaw.prior(256, 2);

    private final SurvivalTable all = new SurvivalTable(PRIOR);
    private final SurvivalTable[] bySize = new SurvivalTable[SIZES];
    private final @Nullable ClassedLengths[][] byTenant;

    /**
     * @param ownTenants tenants with an index below this have tables of their own, the others share theirs.
     *     Each tenant's take up to 200 KB, and if it uses several classes of service as much again for each
     */
    public LearnedOutputLengths(int ownTenants) {
        if (ownTenants < 0) {
            throw new IllegalArgumentException(
                    ownTenants + " tenants cannot have their own tables; give at least 0");
        }
        byTenant = new @Nullable ClassedLengths[ownTenants + 1][SIZES];
        for (int size = 0; size < SIZES; size++) {
            bySize[size] = new SurvivalTable(all);
        }
    }

    @Override
    public double expectedRemaining(Sequence sequence) {
        int room = OutputLengths.room(sequence);
        return room < 1 ? 0 : table(sequence).expectedRemaining(sequence.outputLength(), room);
    }

    @Override
    public double varianceRemaining(Sequence sequence) {
        int room = OutputLengths.room(sequence);
        return room < 1 ? 0 : table(sequence).varianceRemaining(sequence.outputLength(), room);
    }

    @Override
    public int quantileRemaining(Sequence sequence, double quantile) {
        int room = OutputLengths.room(sequence);
        return room < 1 ? 0 : table(sequence).quantileRemaining(sequence.outputLength(), room, quantile);
    }

    /**
     * An answer that stopped is known to its end; one that was cut, by its limit, its client, an error or a
     * refusal, would have gone on.
     */
    @Override
    public void observe(Sequence ended) {
        int length = ended.outputLength();
        if (length == 0) {
            return;
        }
        boolean stopped = switch (Objects.requireNonNull(ended.finishReason())) {
            case STOP -> true;
            case LENGTH, CANCELLED, REFUSED, ERROR -> false;
        };
        int size = size(ended);
        all.learn(length, stopped);
        bySize[size].learn(length, stopped);
        int serviceClass = ended.bid().serviceClass();
        ownLengths(tenant(ended), size, serviceClass).learn(serviceClass, length, stopped);
    }

    private SurvivalTable table(Sequence sequence) {
        int size = size(sequence);
        ClassedLengths own = byTenant[tenant(sequence)][size];
        return (own != null ? own.table(sequence.bid().serviceClass()) : bySize[size]).upToDate();
    }

    private ClassedLengths ownLengths(int tenant, int size, int firstClass) {
        ClassedLengths own = byTenant[tenant][size];
        if (own == null) {
            own = new ClassedLengths(bySize[size], firstClass);
            byTenant[tenant][size] = own;
        }
        return own;
    }

    private int tenant(Sequence sequence) {
        return Math.min(sequence.bid().tenant().index(), byTenant.length - 1);
    }

    private static int size(Sequence sequence) {
        int most = Math.max(1, sequence.params().maxTokens());
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(most - 1);
        return Math.clamp((bits - SMALLEST_SIZE_BITS + 1) / 2, 0, SIZES - 1);
    }
}
