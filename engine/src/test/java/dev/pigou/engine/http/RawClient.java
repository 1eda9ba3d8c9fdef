package dev.pigou.engine.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A socket and bytes: for requests no decent client would send. */
final class RawClient implements AutoCloseable {
    private final Socket socket = new Socket();

    RawClient(int port) { this(port, 0); }

    /** @param receiveBufferBytes how much the system may take for a reader that does not read; 0 leaves it alone */
    RawClient(int port, int receiveBufferBytes) {
        try {
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RawClient send(String text) { return send(text.getBytes(StandardCharsets.UTF_8)); }

    RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A POST with its length, so that the connection can go on. */
    RawClient post(String path, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return send("POST " + path
                + " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: "
                + bytes.length + "\r\n\r\n").send(bytes);
    }

    /** Up to the end of the headers. */
    String readHead() { return readUntil("\r\n\r\n"); }

    /** Up to and including {@code end}, or the connection's end. */
    String readUntil(String end) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            int next;
            while (!read.toString(StandardCharsets.UTF_8).endsWith(end)
                    && (next = socket.getInputStream().read()) >= 0) {
                read.write(next);
            }
        } catch (SocketException e) {
            // Reset: what came before it is what there was.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    /** One whole answer that says its length. */
    String readAnswer() {
        String head = readHead();
        return head + readBody(head);
    }

    /** The body that belongs to a head. */
    String readBody(String head) {
        int length = head.lines().filter(line -> line.startsWith("content-length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16))).findFirst().orElse(0);
        try {
            return new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing more will be sent. */
    void endOfInput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything until the server closes. */
    String readAll() { return readUntil("\0never"); }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
