package dev.pigou.bench.load.client;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class EventStreamTest {
    private static final String[] PIECES = {"data: {\"a\":1}", "data:{\"b\":\"ü€😀\"}", "data:  two spaces",
            "data", "data:", ": a comment", "event: error", "id: 7", "database: no field of ours",
            "data: [DONE]", "", "", "", "retry: 3", "data: x:y"};
    private static final String[] LINE_ENDS = {"\n", "\r", "\r\n"};

    @Test
    void whereTheNetworkCutsABodyMakesNoDifference() throws BadAnswerException {
        String body = "\uFEFFdata: one\r\ndata: two\r\n\r\n: comment\rdata:three\r\r\n\ndata\ndata: ü\n\nid: 1\n\ndata: last";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        List<String> expected = List.of("one\ntwo", "three", "\nü", "last");
        assertThat(naive(body)).isEqualTo(expected);
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertThat(read(bytes, cut)).as("cut at byte %d", cut).isEqualTo(expected);
        }
        int[] everywhere = new int[bytes.length];
        Arrays.setAll(everywhere, index -> index);
        assertThat(read(bytes, everywhere)).isEqualTo(expected);
    }

    @Test
    void anyBodyReadsAsANaiveParserReadsIt() throws BadAnswerException {
        for (long seed = 0; seed < 3000; seed++) {
            var random = new SplittableRandom(seed);
            var body = new StringBuilder();
            int lines = random.nextInt(20);
            for (int i = 0; i < lines; i++) {
                body.append(PIECES[random.nextInt(PIECES.length)])
                        .append(LINE_ENDS[random.nextInt(LINE_ENDS.length)]);
            }
            byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
            int[] cuts = random.ints(random.nextInt(8), 0, bytes.length + 1).sorted().toArray();
            assertThat(read(bytes, cuts)).as("seed %d: %s", seed, body).isEqualTo(naive(body.toString()));
        }
    }

    private static List<String> read(byte[] bytes, int... cuts) throws BadAnswerException {
        List<String> events = new ArrayList<>();
        var stream = new EventStream(
                (data, length) -> events.add(new String(data, 0, length, StandardCharsets.UTF_8)));
        int from = 0;
        for (int cut : cuts) {
            stream.read(Unpooled.wrappedBuffer(bytes, from, cut - from));
            from = cut;
        }
        stream.read(Unpooled.wrappedBuffer(bytes, from, bytes.length - from));
        stream.end();
        return events;
    }

    /** Looks at the whole text at once. */
    private static List<String> naive(String body) {
        List<String> events = new ArrayList<>();
        List<String> data = new ArrayList<>();
        String text = body.startsWith("\uFEFF") ? body.substring(1) : body;
        for (String line : (text + "\n\n").split("\r\n|\r|\n", -1)) {
            if (line.isEmpty()) {
                String event = String.join("\n", data);
                if (!event.isEmpty()) {
                    events.add(event);
                }
                data.clear();
            } else if (line.equals("data") || line.startsWith("data:")) {
                data.add(line.replaceFirst("^data:? ?", ""));
            }
        }
        return events;
    }
}
