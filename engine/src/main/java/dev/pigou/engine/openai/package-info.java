/// The OpenAI API, with vLLM's extras, without a transport.
///
/// Requests come in as bytes and answers go out through [dev.pigou.engine.openai.ResponseSink]; between the
/// two this package reads and checks the JSON, turns text to tokens, submits to the engine, and turns tokens
/// back to text and text to JSON. All of that runs on the [dev.pigou.engine.openai.TextThreads]. It may know
/// the engine's facade, `engine.text`, `engine.tenant`, `engine.ledger`, `engine.ops` and Jackson; it knows no
/// Netty, no channel and no event loop.
@NullMarked
package dev.pigou.engine.openai;

import org.jspecify.annotations.NullMarked;
