package dev.pigou.bench.load.client;

import io.netty.buffer.ByteBuf;

/** An answer that came at once although a stream was asked for: one chunk, however many tokens. */
final class WholeAnswer implements AnswerReader {
    private static final int MOST_BYTES = 64 << 20;

    private final BodyBytes body = new BodyBytes(MOST_BYTES);
    private final ChunkReader chunks;
    private final TokenTimes tokens;

    WholeAnswer(ChunkReader chunks, TokenTimes tokens) {
        this.chunks = chunks;
        this.tokens = tokens;
    }

    @Override
    public void content(ByteBuf bytes, long nanos) { body.add(bytes); }

    @Override
    public long end(long nanos) throws BadAnswerException {
        byte[] json = body.bytes();
        if (chunks.read(json, json.length)) {
            tokens.token(nanos);
        }
        return nanos;
    }
}
