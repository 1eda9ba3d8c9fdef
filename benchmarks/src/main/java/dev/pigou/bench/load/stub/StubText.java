package dev.pigou.bench.load.stub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The bytes that a stub writes: whole responses, and the parts of streamed ones in HTTP's chunks. */
final class StubText {
    static final String MODEL = "stub";
    private static final String COMPLETION_TOKEN = """
            {"id":"cmpl-stub","object":"text_completion","created":1750000000,"model":"stub",\
            "choices":[{"index":0,"text":" word","logprobs":null,"finish_reason":null}]}""";
    private static final String CHAT_TOKEN = """
            {"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1750000000,"model":"stub",\
            "choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}]}""";
    private static final String COMPLETION_END = """
            {"id":"cmpl-stub","object":"text_completion","created":1750000000,"model":"stub",\
            "choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"length"}]}""";
    private static final String CHAT_END = """
            {"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1750000000,"model":"stub",\
            "choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}]}""";
    private static final ByteBuf COMPLETION_CHUNK = shared(chunk(event(COMPLETION_TOKEN)));
    private static final ByteBuf CHAT_CHUNK = shared(chunk(event(CHAT_TOKEN)));

    private StubText() {}

    static ByteBuf streamHead() {
        return bytes(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
    }

    /** The same bytes each time, for they are wanted many times a second. */
    static ByteBuf token(boolean chat) {
        return (chat ? CHAT_CHUNK : COMPLETION_CHUNK).duplicate();
    }

    /** The reason, the usage, and the end of the response. */
    static ByteBuf end(boolean chat, int promptTokens, int tokens) {
        String usage = "{\"id\":\"stub\",\"choices\":[],\"usage\":" + usage(promptTokens, tokens) + "}";
        return bytes(chunk(event(chat ? CHAT_END : COMPLETION_END)) + chunk(event(usage))
                + chunk(event("[DONE]")) + "0\r\n\r\n");
    }

    static ByteBuf malformed() { return bytes(chunk(event("{\"choices\":[{\"te"))); }

    static ByteBuf error() {
        return bytes(chunk(
                event("{\"error\":{\"message\":\"the stub has had enough\",\"type\":\"server_error\"}}"))
                + "0\r\n\r\n");
    }

    static ByteBuf whole(StubRequest request, int tokens) {
        String said = " word".repeat(tokens);
        String choice = request.chat()
                ? "\"message\":{\"role\":\"assistant\",\"content\":\"" + said + "\"}"
                : "\"text\":\"" + said + "\"";
        return json("200 OK", "", "{\"id\":\"stub\",\"choices\":[{\"index\":0," + choice
                + ",\"finish_reason\":\"length\"}],\"usage\":" + usage(request.promptTokens(), tokens) + "}");
    }

    static ByteBuf models() {
        return json("200 OK", "",
                "{\"object\":\"list\",\"data\":[{\"id\":\"" + MODEL + "\",\"object\":\"model\"}]}");
    }

    /** @param header one more line, or nothing */
    static ByteBuf failure(String status, String header, String message) {
        return json(status, header, "{\"error\":{\"message\":\"" + message + "\",\"code\":null}}");
    }

    static ByteBuf page() {
        String body = "<html><body>It works!</body></html>";
        return bytes("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: " + body.length()
                + "\r\n\r\n" + body);
    }

    private static String usage(int promptTokens, int tokens) {
        return "{\"prompt_tokens\":" + promptTokens + ",\"completion_tokens\":" + tokens
                + ",\"total_tokens\":" + (promptTokens + tokens)
                + ",\"prompt_tokens_details\":{\"cached_tokens\":0}}";
    }

    private static ByteBuf json(String status, String header, String body) {
        return bytes("HTTP/1.1 " + status + "\r\ncontent-type: application/json\r\n" + header
                + "content-length: " + body.length() + "\r\n\r\n" + body);
    }

    private static String event(String text) { return "data: " + text + "\n\n"; }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuf shared(String text) {
        return Unpooled.unreleasableBuffer(bytes(text)).asReadOnly();
    }
}
