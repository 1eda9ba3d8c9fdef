package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;

/** A response with another status than 200. */
final class Refusal implements AnswerReader {
    private static final int MOST_BYTES = 64 << 10;

    private final BodyBytes body = new BodyBytes(MOST_BYTES);
    private final HttpResponseStatus status;

    Refusal(HttpResponseStatus status) { this.status = status; }

    @Override
    public void content(ByteBuf bytes, long nanos) { body.add(bytes); }

    @Override
    public long end(long nanos) throws BadAnswerException {
        String message = ErrorMessage.of(body.bytes());
        throw new BadAnswerException(
                status.code() == HttpResponseStatus.TOO_MANY_REQUESTS.code()
                        ? Failure.Kind.REFUSED
                        : Failure.Kind.HTTP_ERROR,
                message.isEmpty() ? status.toString() : status.code() + ": " + message);
    }
}
