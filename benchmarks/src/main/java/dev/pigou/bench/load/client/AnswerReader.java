package dev.pigou.bench.load.client;

import io.netty.buffer.ByteBuf;

/** Reads the body of one response. Owned by an event loop. */
interface AnswerReader {
    /**
     * Reads on.
     *
     * @param bytes the next ones of the body; what is not read of them is lost
     * @param nanos when they came
     */
    void content(ByteBuf bytes, long nanos) throws BadAnswerException;

    /**
     * The body is over.
     *
     * @return when the answer ended, which may have been earlier
     * @throws BadAnswerException if the body was no whole answer, or none that helps
     */
    long end(long nanos) throws BadAnswerException;
}
