package dev.monban.server.oidc;

import java.time.Duration;

/**
 * How long the things that clients hold are good.
 *
 * @param code an authorization code; RFC 6749, section 4.1.2, asks for ten minutes at most
 * @param idToken an ID token, which is read once, when it arrives
 * @param offline an offline refresh token that is not used
 * @param refreshGrace how long after a refresh the old token still gets the same answer, for a
 *     client that proves nothing and whose answer was lost on the way (RFC 9700, section 4.14.2)
 * @param provenRefreshGrace the same for a client that proves to be the one that the token was
 *     given to, by its authentication or by the DPoP key of the token
 * @param pushedRequest a pushed authorization request that is not yet used
 * @param deviceCode a device that waits for a person
 * @param pendingRequest a person on the way through the pages
 */
public record TokenSettings(
        Duration code,
        Duration idToken,
        Duration offline,
        Duration refreshGrace,
        Duration provenRefreshGrace,
        Duration pushedRequest,
        Duration deviceCode,
        Duration pendingRequest) {

    public static final TokenSettings DEFAULT =
            new TokenSettings(
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    Duration.ofDays(30),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(90),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(60));
}
