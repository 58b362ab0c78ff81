package dev.monban.server.login;

import dev.monban.server.platform.Vault;
import java.time.Instant;

/** Ways to an identity provider as the gate seals them, for tests that have no provider. */
public final class SealedWays {

    private SealedWays() {}

    /** The {@code state} of somebody who has set out in this browser. */
    public static String state(
            Vault vault, String tenant, String identifier, String browser, Instant now) {
        return new FederatedWays(vault, () -> now)
                .seal(
                        new FederatedSignIn.Way(
                                tenant,
                                identifier,
                                "nonce-1",
                                "verifier-1",
                                browser,
                                "",
                                false,
                                now));
    }
}
