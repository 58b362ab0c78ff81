package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A certified client library that knows nothing of us completes every flow. */
class OpenIdClientTest {

    private static final List<String> FLOWS =
            List.of(
                    "discovery",
                    "code_pkce",
                    "code_without_pkce",
                    "code_without_pkce_post",
                    "id_token",
                    "userinfo",
                    "userinfo_signed",
                    "refresh",
                    "introspection",
                    "revocation",
                    "client_credentials",
                    "client_secret_basic",
                    "private_key_jwt",
                    "par",
                    "dpop",
                    "dpop_refresh",
                    "device",
                    "eddsa",
                    "rs256_opaque",
                    "max_age",
                    "acr_values",
                    "logout");

    @Test
    void completesEveryFlow() throws IOException, InterruptedException {
        GateProcess gate = House.gate();
        Path npm = GateProcess.repository().resolve("acceptance/npm");
        ProcessBuilder builder =
                new ProcessBuilder("node", npm.resolve("flows.mjs").toString())
                        .directory(npm.toFile())
                        .redirectErrorStream(true);
        builder.environment()
                .putAll(
                        Map.of(
                                "ISSUER", gate.issuer(),
                                "IDENTIFIER", House.SATO,
                                "PASSWORD", House.SATO_PASSWORD,
                                "STRICT_IDENTIFIER", House.STRICT,
                                "STRICT_PASSWORD", House.STRICT_PASSWORD,
                                "SECRET", House.SECRET,
                                "CALLBACK", House.CALLBACK,
                                "HOME_ADDRESS", House.HOME,
                                "KEY", Keys.assertion().toJSONString()));
        Process node = builder.start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(node.waitFor(120, TimeUnit.SECONDS), said);
        Map<String, String> outcomes = new TreeMap<>();
        said.lines()
                .filter(line -> line.startsWith("flow "))
                .map(line -> line.split(" ", 3))
                .forEach(words -> outcomes.put(words[1], words[2]));
        for (String flow : FLOWS) {
            assertEquals("ok", outcomes.get(flow), flow + "\n" + said);
        }
        assertEquals(0, node.exitValue(), said);
    }
}
