package dev.pigou.engine.cli;

import org.junit.jupiter.api.Nested;

/** What every served model must do, done by models of two families. */
class ServerEndToEndTest {
    @Nested
    class Qwen3 extends ServedModelContract {
        Qwen3() { super("qwen3"); }
    }

    @Nested
    class Llama extends ServedModelContract {
        Llama() { super("llama"); }
    }
}
