package dev.pigou.scheduler.price;

import java.util.Arrays;

/**
 * All demand for KV memory put up for auction again: what runs, what waits, and what cached prefixes would save. Each bids
 * for some blocks, with a density in credits a block-second. Memory goes to the highest densities; the price is the
 * density of the first bid that no longer fits whole, and exactly 0 if all fit. So nobody pays his own bid but that of who
 * is kept out, and with room to spare the price is 0 bit for bit.
 *
 * <p>A weighted selection, linear in the number of bids; nothing is allocated once the arrays have grown. Owned by the
 * scheduler's thread.
 */
final class KvAuction {
    private double[] densities = new double[64];
    private int[] blocks = new int[64];
    private int size;
    private long demandedBlocks;

    void clear() {
        size = 0;
        demandedBlocks = 0;
    }

    /** A bid; of no effect if its density is 0 or it wants no block. */
    void bid(double density, int wantedBlocks) {
        if (!(density > 0) || wantedBlocks <= 0) {
            return;
        }
        if (size == densities.length) {
            densities = Arrays.copyOf(densities, 2 * size);
            blocks = Arrays.copyOf(blocks, 2 * size);
        }
        densities[size] = density;
        blocks[size++] = wantedBlocks;
        demandedBlocks += wantedBlocks;
    }

    /** Blocks wanted by all bids together. */
    long demandedBlocks() { return demandedBlocks; }

    /**
     * The density at which {@code capacity} blocks are taken: the highest density such that the bids at or above it want
     * more than that. 0 if all bids together do not. Reorders the bids.
     */
    double clearingDensity(long capacity) {
        if (demandedBlocks <= capacity) {
            return 0;
        }
        int from = 0;
        int to = size;
        long room = capacity;
        while (true) {
            double pivot = medianOfThree(from, to);
            int above = partitionAbove(pivot, from, to);
            long wantedAbove = wanted(from, above);
            if (wantedAbove > room) {
                to = above;
                continue;
            }
            int equal = partitionEqual(pivot, above, to);
            long wantedEqual = wanted(above, equal);
            if (wantedAbove + wantedEqual > room) {
                return pivot;
            }
            room -= wantedAbove + wantedEqual;
            from = equal;
        }
    }

    private double medianOfThree(int from, int to) {
        double a = densities[from];
        double b = densities[(from + to) >>> 1];
        double c = densities[to - 1];
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    /** Moves the bids above the pivot to the front of [from, to); returns where they end. */
    private int partitionAbove(double pivot, int from, int to) {
        int end = from;
        for (int i = from; i < to; i++) {
            if (densities[i] > pivot) {
                swap(i, end++);
            }
        }
        return end;
    }

    private int partitionEqual(double pivot, int from, int to) {
        int end = from;
        for (int i = from; i < to; i++) {
            if (densities[i] == pivot) {
                swap(i, end++);
            }
        }
        return end;
    }

    private long wanted(int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += blocks[i];
        }
        return sum;
    }

    private void swap(int i, int j) {
        double density = densities[i];
        densities[i] = densities[j];
        densities[j] = density;
        int wantedBlocks = blocks[i];
        blocks[i] = blocks[j];
        blocks[j] = wantedBlocks;
    }
}
