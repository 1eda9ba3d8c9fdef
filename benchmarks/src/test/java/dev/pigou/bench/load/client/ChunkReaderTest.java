package dev.pigou.bench.load.client;

import dev.pigou.bench.load.result.Failure;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

final class ChunkReaderTest {
    private final ChunkReader reader = new ChunkReader(true);

    @ParameterizedTest
    @ValueSource(strings = {"{'choices':[{'text':'a'}]}",
            "{'usage':null,'choices':[{'index':0,'text':'\\u00e9'}]}",
            "{'choices':[{'logprobs':{'content':[{'token':'x','text':'y'}]},'delta':{'content':'a'}}]}",
            "{'choices':[{'delta':{'role':'assistant','reasoning_content':'hm','content':null}}]}",
            "{'choices':[{'delta':{'reasoning':'hm'},'finish_reason':null}],'error':null}",
            "{'choices':[{'message':{'content':'whole'},'finish_reason':'stop'}]}",
            "{'choices':[{'finish_reason':'stop','text':'\\\"'}],'id':{'choices':[{'text':''}]}}"})
    void textCountsWhereverTheKeysStand(String json) throws BadAnswerException {
        assertThat(read(json)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'choices':[]}", "{'choices':[{'text':''}]}", "{'usage':null,'choices':null}",
            "{'choices':[{'delta':{'role':'assistant','content':''}}]}", "{'choices':[{'delta':null}]}",
            "{'choices':[{'delta':{'tool_calls':[{'text':'a','content':'b'}]}}]}",
            "{'choices':[{'logprobs':{'content':[{'text':'y'}]},'content':'not here'}]}",
            "{'text':'not here','choices':[{'finish_reason':'stop'}]}"})
    void aChunkWithoutTextIsNoToken(String json) throws BadAnswerException {
        assertThat(read(json)).isFalse();
        assertThat(reader.text()).isEmpty();
    }

    @Test
    void theAnswerIsWhatWasSaidAndNotWhatWasThought() throws BadAnswerException {
        read("{'choices':[{'delta':{'reasoning_content':'let me see'}}]}");
        read("{'choices':[{'delta':{'content':'4\\u00e9'}}]}");
        read("{'choices':[{'delta':{'content':'2 \uD83D\uDE00'},'finish_reason':'stop'}]}");
        assertThat(reader.text()).isEqualTo("4é2 😀");
        assertThat(reader.finishReason()).isEqualTo("stop");
    }

    @Test
    void usageIsReadAsFarAsItGoes() throws BadAnswerException {
        read("{'choices':[],'usage':{'prompt_tokens':12,'prompt_tokens_details':{'audio':1,'cached_tokens':8},"
                + "'completion_tokens':3,'pigou':{'welfare':-1,'charge':0.25,'tier':{'name':'x'}}}}");
        assertThat(reader.usage()).isEqualTo(new Usage(OptionalInt.of(12), OptionalInt.of(3),
                OptionalInt.of(8), OptionalDouble.of(0.25), OptionalDouble.of(-1)));
        read("{'choices':[],'usage':{'prompt_tokens_details':null}}");
        assertThat(reader.usage()).isEqualTo(Usage.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "hello", "{'choices':[{'text':'a'}]}}", "{'choices':'a'}",
            "{'choices':[1]}", "{}", "{'choices':[{'te", "{'hello':'world'}"})
    void whatIsNoChunkIsMalformed(String json) {
        assertThat(failure(json).kind()).isEqualTo(Failure.Kind.MALFORMED_STREAM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'error':{'code':500,'message':'no memory'}}", "{'error':'no memory'}",
            "{'choices':[],'error':{'message':'no memory','type':{'message':'x'}}}"})
    void anErrorInAStreamSaysWhatTheServerSays(String json) {
        assertThat(failure(json)).isEqualTo(new Failure(Failure.Kind.ERROR_EVENT, 200, "no memory"));
    }

    private Failure failure(String json) {
        return catchThrowableOfType(BadAnswerException.class, () -> read(json)).failure(200);
    }

    private boolean read(String json) throws BadAnswerException {
        byte[] bytes = (json.replace('\'', '"') + "rest of the buffer").getBytes(StandardCharsets.UTF_8);
        return reader.read(bytes, bytes.length - "rest of the buffer".length());
    }
}
