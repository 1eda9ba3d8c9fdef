/// HTTP/1.1 on Netty: the only package that may import `io.netty`.
///
/// Connections, limits, deadlines, routing, and the adapter that lets
/// [dev.pigou.engine.openai.OpenAiApi] answer through a channel. Event loops parse and write; they never
/// tokenise, render or wait. The package knows paths, status codes and headers, and nothing of prompts
/// or tokens.
@NullMarked
package dev.pigou.engine.http;

import org.jspecify.annotations.NullMarked;
