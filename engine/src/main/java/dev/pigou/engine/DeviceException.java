package dev.pigou.engine;

/** A device step failed. */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean lost;

    /** @param lost true if no later step can succeed either */
    public DeviceException(String message, boolean lost, Throwable cause) {
        super(message, cause);
        this.lost = lost;
    }

    public boolean lost() { return lost; }
}
