package dev.pigou.engine;

/**
 * A device's memory at one moment, in bytes.
 *
 * @param total all there is
 * @param free what nobody holds
 */
public record DeviceMemory(long total, long free) {
    /** What this process and others hold. */
    public long used() { return total - free; }
}
