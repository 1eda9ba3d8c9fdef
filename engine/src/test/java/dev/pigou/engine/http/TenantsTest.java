package dev.pigou.engine.http;

import dev.pigou.engine.openai.TestModel;
import dev.pigou.engine.tenant.Account;
import dev.pigou.engine.tenant.ApiKeys;
import dev.pigou.engine.tenant.KeyHash;
import dev.pigou.scheduler.Tenant;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Who a request belongs to, from its header to the engine. */
class TenantsTest {
    private static final Account ALICE = new Account(new Tenant(0, "alice", 2), 1, Optional.empty(), 0);
    private static final Account BOB = new Account(new Tenant(1, "bob", 1), 2, Optional.empty(), 0);
    private static final ApiKeys KEYS = ApiKeys
            .of(Map.of(KeyHash.of("of-alice"), ALICE, KeyHash.of("of-bob"), BOB));

    private static HttpResponse<String> complete(TestServer server, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/v1/completions"))
                .header("content-type", "application/json").POST(HttpRequest.BodyPublishers
                        .ofString("{\"model\": \"" + TestModel.NAME + "\", \"prompt\": \"a\"}"));
        if (!authorization.isEmpty()) {
            request.header("authorization", authorization);
        }
        return server.send(request.build());
    }

    @Test
    void aRequestReachesTheEngineOnItsTenantsAccount() {
        try (TestServer server = new TestServer(config -> config.withKeys(KEYS))) {
            assertThat(complete(server, "Bearer of-bob").statusCode()).isEqualTo(200);
            assertThat(complete(server, "bearer of-alice").statusCode()).isEqualTo(200);
            assertThat(server.engine.requests()).extracting(request -> request.bid().tenant())
                    .containsExactly(BOB.tenant(), ALICE.tenant());
            assertThat(server.engine.requests()).extracting(request -> request.cache().salt())
                    .containsExactly(2L, 1L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer of-carol", "Basic of-bob", "of-bob"})
    void whoIsNobodyGets401AsFromOpenAi(String authorization) {
        try (TestServer server = new TestServer(config -> config.withKeys(KEYS))) {
            HttpResponse<String> refused = complete(server, authorization);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(TestServer.json(refused).at("/error/code").asString()).isEqualTo("invalid_api_key");
            assertThat(TestServer.json(refused).at("/error/type").asString())
                    .isEqualTo("invalid_request_error");
            assertThat(server.engine.requests()).isEmpty();
            assertThat(server.get("/health").statusCode()).as("who looks after it needs no key")
                    .isEqualTo(200);
        }
    }

    @Test
    void withoutTenantsEverybodyIsAnybody() {
        try (TestServer server = new TestServer()) {
            assertThat(complete(server, "Bearer whatever").statusCode()).isEqualTo(200);
            assertThat(complete(server, "").statusCode()).isEqualTo(200);
            assertThat(server.engine.requests()).allSatisfy(request -> {
                assertThat(request.bid().tenant()).isEqualTo(Tenant.ANYBODY);
                assertThat(request.cache().salt()).isEqualTo(Account.SHARED_SALT);
            });
        }
    }
}
