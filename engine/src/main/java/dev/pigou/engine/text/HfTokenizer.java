package dev.pigou.engine.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The tokenizer a model folder's {@code tokenizer.json} describes, run by the Hugging Face tokenizers library.
 *
 * <p>Works on DJL's native calls and not on its {@code HuggingFaceTokenizer}: that class truncates to 512 tokens by
 * default, computes offsets and masks nobody here reads, and reports each start to its makers' server.
 *
 * <p>Safe for use by several threads. The native library takes a freed handle for a live one, so every call holds
 * the read side of a lock and {@link #close} the write side.
 */
public final class HfTokenizer implements Tokenizer {
    /** The file in a model folder that this class reads. */
    public static final String FILE_NAME = "tokenizer.json";

    private final Vocabulary vocabulary;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final long handle;
    private boolean closed;

    private HfTokenizer(Vocabulary vocabulary, long handle) {
        this.vocabulary = vocabulary;
        this.handle = handle;
    }

    /**
     * Reads {@value #FILE_NAME} in a model folder. Truncation and padding that the file may ask for are turned off.
     *
     * @throws IOException in one line that names the file, if it is missing, unreadable or no tokenizer
     */
    public static HfTokenizer load(Path folder) throws IOException {
        Path file = folder.resolve(FILE_NAME);
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is missing; a model folder needs the tokenizer in this file");
        }
        Vocabulary vocabulary = Vocabulary.read(file);
        String json = ModelFiles.readText(file);
        loadNativeLibrary();
        try {
            long handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
            TokenizersLibrary.LIB.disableTruncation(handle);
            TokenizersLibrary.LIB.disablePadding(handle);
            return new HfTokenizer(vocabulary, handle);
        } catch (RuntimeException e) {
            throw new IOException(file + " is not a tokenizer that can be run: " + ModelFiles.oneLine(e), e);
        }
    }

    /**
     * On a machine with a GPU the library's loader would fetch another build of itself from the network; the one for
     * the CPU is in the jar and tokenizes just as well. Whoever set the variable keeps their choice.
     */
    private static void loadNativeLibrary() throws IOException {
        if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
            System.setProperty("RUST_FLAVOR", "cpu");
        }
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            throw new IOException(
                    "the native tokenizers library cannot be loaded (it is unpacked to the folder in"
                            + " DJL_CACHE_DIR, or .djl.ai in the home directory, which must be writable): "
                            + ModelFiles.oneLine(e),
                    e);
        }
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        lock.readLock().lock();
        try {
            requireOpen();
            long encoding = TokenizersLibrary.LIB.encode(handle, text, addSpecialTokens);
            try {
                return narrow(TokenizersLibrary.LIB.getTokenIds(encoding));
            } finally {
                TokenizersLibrary.LIB.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public String decode(int[] ids, boolean skipSpecialTokens) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            // A negative id would wrap to some huge unsigned one; both mean "unknown" to the library, which skips it.
            wide[i] = ids[i] < 0 ? Integer.MAX_VALUE : ids[i];
        }
        lock.readLock().lock();
        try {
            requireOpen();
            return TokenizersLibrary.LIB.decode(handle, wide, skipSpecialTokens);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public String token(int id) { return vocabulary.token(id); }

    @Override
    public int vocabSize() { return vocabulary.size(); }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                TokenizersLibrary.LIB.deleteTokenizer(handle);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the tokenizer is closed");
        }
    }

    private static int[] narrow(long[] ids) {
        int[] narrow = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            narrow[i] = Math.toIntExact(ids[i]);
        }
        return narrow;
    }
}
