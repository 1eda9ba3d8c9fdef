package dev.pigou.engine.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Fills in the text of the training program and packs it as an archive libtorch loads. */
final class TrainingProgram {
    private TrainingProgram() {
    }

    static String text(TrainingShape shape) {
        var values = Map.ofEntries(Map.entry("EPS", Double.toString(shape.normEpsilon())),
                Map.entry("HEAD_DIM", Integer.toString(shape.headDim())),
                Map.entry("HALF_HEAD_DIM", Integer.toString(shape.headDim() / 2)),
                Map.entry("HEADS", Integer.toString(shape.heads())),
                Map.entry("KV_HEADS", Integer.toString(shape.kvHeads())),
                Map.entry("GROUPED", shape.kvHeads() == shape.heads() ? "False" : "True"),
                Map.entry("Q_SIZE", Integer.toString(shape.heads() * shape.headDim())),
                Map.entry("ROPE_THETA", Double.toString(shape.ropeTheta())),
                Map.entry("LAYERS", Integer.toString(shape.layers())),
                Map.entry("HIDDEN", Integer.toString(shape.hidden())), Map.entry("MATMUL_TYPE", System.getProperty("mt","15")), Map.entry("MAX_NORM", "1.0"),
                Map.entry("WEIGHT_DECAY", "0.05"), Map.entry("MOMENTUM", "0.95"), Map.entry("BETA1", "0.9"), Map.entry("BETA2", "0.98"));
        String text = template();
        for (var value : values.entrySet()) {
            text = text.replace("@" + value.getKey() + "@", value.getValue());
        }
        return text;
    }

    private static String template() {
        try (InputStream in = TrainingProgram.class.getResourceAsStream("training.txt")) {
            if (in == null) {
                throw new IllegalStateException("training.txt is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A TorchScript archive: a zip of stored entries with the text and a pickled module that has no attributes. */
    static byte[] archive(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            store(zip, "m/data.pkl", pickle());
            store(zip, "m/code/__torch__.py", text.getBytes(StandardCharsets.UTF_8));
            store(zip, "m/constants.pkl", new byte[]{(byte) 0x80, 2, ')', '.'});
            store(zip, "m/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Protocol 2; a new __torch__.Step; its state {"training": True}. */
    private static byte[] pickle() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[]{(byte) 0x80, 2});
        out.writeBytes("c__torch__\nStep\n)".getBytes(StandardCharsets.US_ASCII));
        out.write(0x81);
        out.writeBytes(new byte[]{'}', 'X', 8, 0, 0, 0});
        out.writeBytes("training".getBytes(StandardCharsets.US_ASCII));
        out.write(0x88);
        out.writeBytes("sb.".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
