package dev.pigou.engine.demo;

import java.nio.charset.StandardCharsets;

/** Which questions are learned from and which are kept to test with: one in ten, by a hash of what is asked. */
enum Split {
    TRAINING, HELD_OUT;

    static Split of(Question question) {
        long hash = 0xcbf29ce484222325L; // FNV-1a
        for (byte b : question.subject().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        // FNV's low bits are weak; fold the high ones in.
        hash ^= hash >>> 32;
        return Long.remainderUnsigned(hash, 10) == 0 ? HELD_OUT : TRAINING;
    }
}
