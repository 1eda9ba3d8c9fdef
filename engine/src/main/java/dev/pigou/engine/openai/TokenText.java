package dev.pigou.engine.openai;

import dev.pigou.engine.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What single tokens look like, for log-probabilities. A token need not be whole characters: its bytes are found from
 * the way byte-level vocabularies write them.
 */
final class TokenText {
    private static final Map<Character, Byte> BYTE_OF_SYMBOL = byteOfSymbol();

    private final Tokenizer tokenizer;

    TokenText(Tokenizer tokenizer) { this.tokenizer = tokenizer; }

    /** With U+FFFD in place of what is no whole character. */
    String text(int token) {
        String text = tokenizer.decode(new int[]{token}, false);
        // SentencePiece decoders drop the space at the start of a text, which one token alone always is.
        return tokenizer.token(token).startsWith("\u2581") && !text.startsWith(" ") ? " " + text : text;
    }

    byte[] bytes(int token) {
        String text = text(token);
        if (text.indexOf('\uFFFD') < 0) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        String symbols = tokenizer.token(token);
        if (symbols.matches("<0x[0-9A-F]{2}>")) {
            return new byte[]{(byte) Integer.parseInt(symbols, 3, 5, 16)};
        }
        byte[] bytes = new byte[symbols.length()];
        for (int i = 0; i < bytes.length; i++) {
            Byte value = BYTE_OF_SYMBOL.get(symbols.charAt(i));
            if (value == null) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = value;
        }
        return bytes;
    }

    /** GPT-2's alphabet: printable Latin-1 stands for itself, the other bytes for U+0100 and what follows. */
    private static Map<Character, Byte> byteOfSymbol() {
        Map<Character, Byte> map = new HashMap<>();
        int next = 0x100;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= 0x21 && value <= 0x7E) || (value >= 0xA1 && value <= 0xAC)
                    || value >= 0xAE;
            map.put((char) (printable ? value : next++), (byte) value);
        }
        return map;
    }
}
