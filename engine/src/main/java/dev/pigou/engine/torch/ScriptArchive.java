package dev.pigou.engine.torch;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A TorchScript module file made from program text, without Python: a zip whose entries are stored, holding the code
 * and a pickle of the module's attributes. The pickle needs a dozen opcodes of protocol 2.
 */
final class ScriptArchive {
    private static final String CLASS = "Step";
    private static final byte[] EMPTY_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    private ScriptArchive() {}

    /**
     * @param code text that defines {@code class Step(Module)}
     * @param attributes initial values in declaration order: Boolean, Integer, Double, or {@link EmptyList}
     */
    static byte[] write(String code, Map<String, Object> attributes) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "m/data.pkl", pickle(attributes));
            store(zip, "m/code/__torch__.py", code.getBytes(UTF_8));
            store(zip, "m/constants.pkl", EMPTY_CONSTANTS);
            store(zip, "m/version", "3\n".getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory only
        }
        return bytes.toByteArray();
    }

    /** An attribute that starts as an empty list; TorchScript wants to know of what. */
    enum EmptyList {
        TENSORS("build_tensorlist"), INTS("build_intlist");

        private final String builder;

        EmptyList(String builder) { this.builder = builder; }
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setTime(0);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] pickle(Map<String, Object> attributes) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(new byte[]{(byte) 0x80, 2}); // PROTO 2
        global(out, "__torch__", CLASS);
        out.write(new byte[]{')', (byte) 0x81}); // EMPTY_TUPLE NEWOBJ
        out.write('}'); // EMPTY_DICT
        out.write('('); // MARK
        for (var attribute : attributes.entrySet()) {
            string(out, attribute.getKey());
            value(out, attribute.getValue());
        }
        out.write('u'); // SETITEMS
        out.write('b'); // BUILD
        out.write('.'); // STOP
        return bytes.toByteArray();
    }

    private static void value(DataOutputStream out, Object value) throws IOException {
        switch (value) {
            case Boolean flag -> out.write(flag ? 0x88 : 0x89); // NEWTRUE NEWFALSE
            case Integer number -> {
                out.write('J'); // BININT, little-endian
                out.writeInt(Integer.reverseBytes(number));
            }
            case Double number -> {
                out.write('G'); // BINFLOAT, big-endian
                out.writeDouble(number);
            }
            case EmptyList list -> {
                global(out, "torch.jit._pickle", list.builder);
                out.write(new byte[]{']', (byte) 0x85, 'R'}); // EMPTY_LIST TUPLE1 REDUCE
            }
            default -> throw new IllegalArgumentException("no pickle for " + value.getClass());
        }
    }

    private static void global(DataOutputStream out, String module, String name) throws IOException {
        out.write(('c' + module + "\n" + name + "\n").getBytes(UTF_8));
    }

    private static void string(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(UTF_8);
        out.write('X'); // BINUNICODE
        out.writeInt(Integer.reverseBytes(utf8.length));
        out.write(utf8);
    }
}
