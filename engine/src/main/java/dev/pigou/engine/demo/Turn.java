package dev.pigou.engine.demo;

/** What a user says and what the model should answer. */
record Turn(String user, String assistant) {
    static Turn of(Question question) { return new Turn(question.text(), question.answer()); }
}
