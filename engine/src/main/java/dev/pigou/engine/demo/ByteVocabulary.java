package dev.pigou.engine.demo;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The demo model's tokens: the 256 bytes under their own values, then ChatML's marks. No merges. */
public final class ByteVocabulary {
    /** Special tokens in order of id, from 256 on; the reserved ones fill the vocabulary up to a multiple of 16. */
    public static final List<String> SPECIAL_TOKENS = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>",
            "<|reserved_0|>", "<|reserved_1|>", "<|reserved_2|>", "<|reserved_3|>", "<|reserved_4|>",
            "<|reserved_5|>", "<|reserved_6|>", "<|reserved_7|>", "<|reserved_8|>", "<|reserved_9|>",
            "<|reserved_10|>", "<|reserved_11|>", "<|reserved_12|>");
    public static final int END_OF_TEXT = 256;
    public static final int START = 257;
    public static final int END = 258;
    public static final int SIZE = 256 + SPECIAL_TOKENS.size();

    /** ChatML, and nothing said that the caller did not say. */
    public static final String CHAT_TEMPLATE = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n'"
            + " + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private ByteVocabulary() {}

    /** The text's bytes as token ids; marks written out in the text are not recognised. */
    static int[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ids[i] = bytes[i] & 0xff;
        }
        return ids;
    }

    /** Marks are left out. */
    static String decode(int[] ids) {
        var bytes = new byte[ids.length];
        int length = 0;
        for (int id : ids) {
            if (id < 256) {
                bytes[length++] = (byte) id;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
