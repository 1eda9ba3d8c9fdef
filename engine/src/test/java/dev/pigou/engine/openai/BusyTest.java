package dev.pigou.engine.openai;

import dev.pigou.engine.ops.ServerMetrics;
import dev.pigou.engine.tenant.Account;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BusyTest {
    @Test
    void requestsThatComeFasterThanTheyCanBeReadAreTurnedAway() {
        ScriptedEngine engine = new ScriptedEngine(TestModel.LIMITS, TestModel.EOS);
        List<Integer> statuses = new ArrayList<>();
        try (TextThreads noRoom = new TextThreads(1, 0)) {
            OpenAiApi api = new OpenAiApi(engine, TestModel.SERVED, noRoom,
                    new ServerMetrics(TestModel.NAME, engine::snapshot));
            api.completions(Account.ANYBODY, "{\"prompt\":\"a\"}".getBytes(StandardCharsets.UTF_8),
                    new Statuses(statuses));
        }
        engine.close();
        assertThat(statuses).containsExactly(429);
        assertThat(engine.requests()).isEmpty();
    }

    /** Takes whole answers only. */
    private record Statuses(List<Integer> seen) implements ResponseSink {
        @Override
        public void respond(int status, Map<String, String> headers, byte[] json) {
            assertThat(headers).containsKeys("retry-after", "retry-after-ms");
            seen.add(status);
        }

        @Override
        public void begin() { throw new AssertionError("nothing to stream"); }

        @Override
        public void event(byte[] frame) { throw new AssertionError("nothing to stream"); }

        @Override
        public void flush() { throw new AssertionError("nothing to stream"); }

        @Override
        public void end() { throw new AssertionError("nothing to stream"); }

        @Override
        public boolean writable() { return true; }

        @Override
        public void listen(Listener listener) {
            // Nobody leaves.
        }
    }
}
