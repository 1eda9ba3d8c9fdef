package dev.pigou.engine.openai;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Sends each delta as a server-sent event. The stream begins with the first delta, so that what goes wrong before it
 * still has a status of its own.
 */
final class StreamedAnswer implements Answer {
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ResponseSink sink;
    private final AnswerFormat format;
    private final AnswerOptions options;
    private final byte[] head;
    private final JsonBytes out = new JsonBytes();
    private final BitSet opened = new BitSet();
    private boolean begun;

    StreamedAnswer(ResponseSink sink, AnswerFormat format, AnswerOptions options) {
        this.sink = sink;
        this.format = format;
        this.options = options;
        head = format.chunkHead();
    }

    @Override
    public void delta(ChoiceDelta delta, Usage soFar) {
        open(delta.choice(), soFar);
        boolean empty = delta.text().isEmpty() && delta.scored().isEmpty();
        if (empty && !(options.returnTokenIds() && !delta.tokens().isEmpty())) {
            return;
        }
        begin();
        format.delta(out, delta);
        send(soFar);
    }

    @Override
    public void end(ChoiceEnd end, Usage soFar) {
        open(end.choice(), soFar);
        begin();
        format.end(out, end);
        send(soFar);
    }

    @Override
    public void complete(Usage usage) {
        if (options.includeUsage()) {
            begin();
            out.raw(",\"choices\":[],\"usage\":").raw(Json.write(usage)).raw("}\n\n");
            sink.event(out.toBytes());
        }
        sink.event(DONE);
        sink.end();
    }

    @Override
    public void failed(ApiError error) {
        if (!begun) {
            sink.error(error);
            return;
        }
        sink.event(out.clear().raw("data: ").raw(Json.error(error)).raw("\n\n").toBytes());
        sink.event(DONE);
        sink.end();
    }

    @Override
    public void flush() { sink.flush(); }

    private void open(int choice, Usage soFar) {
        if (!begun) {
            begun = true;
            sink.begin();
        }
        if (!opened.get(choice)) {
            opened.set(choice);
            begin();
            if (format.opening(out, choice)) {
                send(soFar);
            }
        }
    }

    private void begin() { out.clear().raw("data: ").raw(head); }

    private void send(Usage soFar) {
        if (options.continuousUsage()) {
            out.raw(",\"usage\":").raw(Json.write(soFar));
        } else if (options.includeUsage()) {
            out.raw(",\"usage\":null");
        }
        sink.event(out.raw("}\n\n").toBytes());
    }
}
