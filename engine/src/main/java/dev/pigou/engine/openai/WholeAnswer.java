package dev.pigou.engine.openai;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Collects every choice and answers once. */
final class WholeAnswer implements Answer {
    private final ResponseSink sink;
    private final AnswerFormat format;
    private final List<ChoiceAnswer> choices;

    WholeAnswer(ResponseSink sink, AnswerFormat format, int choices) {
        this.sink = sink;
        this.format = format;
        this.choices = Stream.generate(ChoiceAnswer::new).limit(choices).toList();
    }

    @Override
    public void delta(ChoiceDelta delta, Usage soFar) { choices.get(delta.choice()).add(delta); }

    @Override
    public void end(ChoiceEnd end, Usage soFar) { choices.get(end.choice()).end(end); }

    @Override
    public void complete(Usage usage) {
        sink.respond(200, Map.of(), Json.write(format.whole(choices, usage)));
    }

    @Override
    public void failed(ApiError error) { sink.error(error); }

    @Override
    public void flush() {
        // Nothing leaves before all is there.
    }
}
