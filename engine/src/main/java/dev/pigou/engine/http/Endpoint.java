package dev.pigou.engine.http;

/** Answers calls. Runs on an event loop, and so returns at once. */
@FunctionalInterface
interface Endpoint {
    void answer(Call call, NettyResponse response);
}
