package dev.pigou.engine.openai;

/** How an answer reaches the client: all at once, or as it grows. Used by one request's text thread. */
interface Answer {
    /**
     * A choice grew.
     *
     * @param soFar what the request used, this delta included
     */
    void delta(ChoiceDelta delta, Usage soFar);

    void end(ChoiceEnd end, Usage soFar);

    /** All choices ended. */
    void complete(Usage usage);

    /** There will be no more. */
    void failed(ApiError error);

    /** What was given so far should not wait for more. */
    void flush();
}
