package dev.pigou.bench.load;

import dev.pigou.bench.load.client.Ask;
import dev.pigou.bench.load.client.Conversation;
import dev.pigou.bench.load.client.RequestBody;
import dev.pigou.bench.load.workload.Session;
import dev.pigou.bench.load.workload.Turn;

/** A session on its way through its turns. Used by one thread at a time, which hands it on to the next. */
final class Conversing {
    private final Session session;
    private final Conversation conversation = new Conversation();
    private int nextTurn;

    Conversing(Session session) { this.session = session; }

    /** Turns that have not been asked. */
    int turnsLeft() { return session.turns().size() - nextTurn; }

    /** Between the answer that came last and the next turn. */
    double thinkSeconds() {
        return session.turns().get(nextTurn).thinkSeconds();
    }

    /** Makes the next turn's request. */
    Ask next(RequestBody body) {
        Turn turn = session.turns().get(nextTurn);
        conversation.ask(turn.prompt().get());
        var ask = new Ask(session.index(), nextTurn, session.tenant().name(), session.tenant().apiKey(),
                body.write(conversation, turn.outputTokens(), session.tenant().bid()),
                conversation.promptTokens(), turn.behaviour(), turnsLeft() > 1);
        nextTurn++;
        return ask;
    }

    void answered(String text, int tokens) { conversation.answer(text, tokens); }
}
