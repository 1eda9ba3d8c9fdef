package dev.pigou.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A direct buffer of 64-bit numbers that grows and is reused: what the device reads in one copy. */
final class PackedNumbers {
    private ByteBuffer bytes = allocate(4096);

    private static ByteBuffer allocate(int capacity) {
        return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
    }

    void clear() { bytes.clear(); }

    void add(long value) {
        room();
        bytes.putLong(value);
    }

    void add(double value) {
        room();
        bytes.putDouble(value);
    }

    void set(int place, long value) { bytes.putLong(place * Long.BYTES, value); }

    /** Adds the bits of all that another one holds. */
    void addAll(PackedNumbers others) {
        ByteBuffer theirs = others.bytes.flip(); // a view would be an object a step
        while (bytes.remaining() < theirs.remaining()) {
            grow();
        }
        bytes.put(theirs);
        theirs.limit(theirs.capacity());
    }

    /** Numbers added so far. */
    int size() { return bytes.position() / Long.BYTES; }

    /** The numbers added so far, in native byte order; valid until the next {@code clear}. */
    ByteBuffer view() {
        return bytes.duplicate().flip().order(ByteOrder.nativeOrder());
    }

    private void room() {
        if (bytes.remaining() < Long.BYTES) {
            grow();
        }
    }

    private void grow() { bytes = allocate(2 * bytes.capacity()).put(bytes.flip()); }
}
