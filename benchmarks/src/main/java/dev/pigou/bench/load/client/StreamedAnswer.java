package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An answer in server-sent events. */
final class StreamedAnswer implements AnswerReader {
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final EventStream events = new EventStream(this::event);
    private final ChunkReader chunks;
    private final TokenTimes tokens;
    private long nowNanos;
    private long doneNanos;
    private boolean done;

    StreamedAnswer(ChunkReader chunks, TokenTimes tokens) {
        this.chunks = chunks;
        this.tokens = tokens;
    }

    @Override
    public void content(ByteBuf bytes, long nanos) throws BadAnswerException {
        nowNanos = nanos;
        events.read(bytes);
    }

    @Override
    public long end(long nanos) throws BadAnswerException {
        events.end();
        if (!done && chunks.finishReason().isEmpty()) {
            throw new BadAnswerException(Failure.Kind.CONNECTION_LOST,
                    "the stream ended before the answer did, after " + tokens.count() + " chunks");
        }
        return done ? doneNanos : nanos;
    }

    private void event(byte[] data, int length) throws BadAnswerException {
        if (done) {
            return;
        }
        if (length == DONE.length && Arrays.equals(data, 0, length, DONE, 0, length)) {
            done = true;
            doneNanos = nowNanos;
        } else if (chunks.read(data, length)) {
            tokens.token(nowNanos);
        }
    }
}
