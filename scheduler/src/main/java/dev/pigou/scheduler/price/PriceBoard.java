package dev.pigou.scheduler.price;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where prices are put up: one thread writes, any thread reads, nobody waits for a lock, and only reading allocates. A
 * sequence lock: the version is odd while figures change, and who reads while it does reads again.
 */
final class PriceBoard {
    private static final VarHandle VERSION;

    static {
        try {
            VERSION = MethodHandles.lookup().findVarHandle(PriceBoard.class, "version", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // by VERSION
    private long version;
    private long nanos;
    private double kvWaiting;
    private double kvCache;
    private double kvPublished;
    private double prefill;
    private double decode;

    /** Puts up what a {@link KvPrice} and the others say now. For the scheduler's thread. */
    void write(long nowNanos, KvPrice kv, double prefillPrice, double decodePrice) {
        long before = (long) VERSION.get(this);
        VERSION.setOpaque(this, before + 1);
        VarHandle.storeStoreFence(); // the odd version is seen before any of the figures
        nanos = nowNanos;
        kvWaiting = kv.waiting();
        kvCache = kv.cache();
        kvPublished = kv.published();
        prefill = prefillPrice;
        decode = decodePrice;
        VERSION.setRelease(this, before + 2); // and all figures before the even one
    }

    /** What was put up last, all at one time. For any thread. */
    PriceVector read() {
        while (true) {
            long before = (long) VERSION.getAcquire(this);
            PriceVector prices = new PriceVector(nanos, kvWaiting, kvCache, Math.max(kvWaiting, kvCache),
                    kvPublished, prefill, decode);
            VarHandle.loadLoadFence(); // the figures are read before the version is looked at again
            if ((before & 1) == 0 && (long) VERSION.getOpaque(this) == before) {
                return prices;
            }
        }
    }
}
