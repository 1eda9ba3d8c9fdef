package dev.pigou.engine.torch;

import dev.pigou.engine.DeviceException;
import dev.pigou.engine.DeviceFailure;
import java.util.List;

/** What PyTorch says when a native call fails, and what that means: its messages are all there is to tell by. */
final class TorchFailure {
    /** Stands before the message of an operator that failed in a program. */
    private static final String RAISED = "Error: ";

    /** Of the allocators for GPU and CPU, the CUDA runtime, and cuBLAS. */
    private static final List<String> OUT_OF_MEMORY = List.of("out of memory", "not enough memory",
            "can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED");

    /** After most errors of CUDA every later call in the process fails as well. */
    private static final List<String> CUDA = List.of("CUDA error", "CUDA driver error", "cuDNN error");

    /**
     * Refusals of a single call, which leave the device as it was (CUDA Runtime API, cudaError; cuBLAS, cublasStatus_t).
     */
    private static final List<String> REFUSED = List.of("invalid argument", "invalid configuration argument",
            "too many resources requested for launch", "CUBLAS_STATUS_NOT_SUPPORTED",
            "CUBLAS_STATUS_INVALID_VALUE");

    private TorchFailure() {}

    /** @param what could not be done, such as {@code the device step} */
    static DeviceException of(String what, RuntimeException cause) {
        String message = message(String.valueOf(cause.getMessage()));
        return new DeviceException(what + " failed: " + message, kind(message), cause);
    }

    /** @param message one line, without the program's lines that led to it */
    static DeviceFailure kind(String message) {
        if (mentions(message, OUT_OF_MEMORY)) {
            return DeviceFailure.OUT_OF_MEMORY;
        }
        return mentions(message, CUDA) && !mentions(message, REFUSED)
                ? DeviceFailure.LOST
                : DeviceFailure.STEP;
    }

    private static boolean mentions(String message, List<String> phrases) {
        return phrases.stream().anyMatch(message::contains);
    }

    /** The one line of all that PyTorch says which tells what happened: a program's own lines come before it. */
    static String message(String whole) {
        List<String> lines = whole.lines().toList();
        return lines.reversed().stream().filter(TorchFailure::isRaised).findFirst()
                .map(line -> line.substring(line.indexOf(RAISED) + RAISED.length()))
                .orElseGet(() -> lines.isEmpty() ? "" : lines.getFirst());
    }

    /** True for such as {@code RuntimeError: CUDA out of memory}, {@code torch.OutOfMemoryError: ...}. */
    private static boolean isRaised(String line) {
        int at = line.indexOf(RAISED);
        return at > 0 && line.substring(0, at).chars().allMatch(c -> Character.isLetter(c) || c == '.' || c == ' ');
    }
}
