package dev.pigou.engine;

/** The device could not do what it was asked. */
public final class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DeviceFailure failure;

    public DeviceException(String message, DeviceFailure failure, Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    public DeviceFailure failure() { return failure; }
}
