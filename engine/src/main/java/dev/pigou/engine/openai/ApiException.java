package dev.pigou.engine.openai;

/** Carries an {@link ApiError} out of the code that checks a request. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    ApiException(ApiError error) {
        // The client's mistake, not ours: nobody will look for a place in the code.
        super(error.message(), null, false, false);
        this.error = error;
    }

    /** A field of the request is not what the API allows. */
    static ApiException invalid(String param, String message) {
        return new ApiException(ApiError.invalid(param, message));
    }

    /** The prompt, or what may follow it, is longer than the model allows. */
    static ApiException contextTooLong(String param, String message) {
        return new ApiException(ApiError.contextTooLong(param, message));
    }

    ApiError error() { return error; }
}
