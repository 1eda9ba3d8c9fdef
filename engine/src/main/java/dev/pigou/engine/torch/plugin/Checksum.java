package dev.pigou.engine.torch.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in hexadecimal. */
final class Checksum {
    private Checksum() {}

    static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    static String end(MessageDigest digest) { return HexFormat.of().formatHex(digest.digest()); }

    static String of(Path file) throws IOException {
        MessageDigest digest = start();
        digest.update(Files.readAllBytes(file));
        return end(digest);
    }
}
