package dev.pigou.engine.openai;

import java.util.List;

/**
 * What a kind of answer looks like in JSON, whole and in chunks. Chunks are written by hand: the methods add the fields
 * that follow the chunk's head, {@code choices} among them. Used by one request's text thread.
 */
interface AnswerFormat {
    /** The whole answer; {@code choices} by index. */
    Object whole(List<ChoiceAnswer> choices, Usage usage);

    /** The fields that all chunks begin with, without the closing brace. */
    byte[] chunkHead();

    /** Writes the chunk that opens a choice; false if choices of this kind just begin. */
    boolean opening(JsonBytes out, int choice);

    void delta(JsonBytes out, ChoiceDelta delta);

    /** Writes a choice's last chunk. */
    void end(JsonBytes out, ChoiceEnd end);
}
