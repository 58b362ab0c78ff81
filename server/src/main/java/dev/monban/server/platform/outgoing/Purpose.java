package dev.monban.server.platform.outgoing;

import java.util.Locale;

/** What a call is for; a label of the metrics. */
public enum Purpose {
    /** An organisation's own OpenID Provider: discovery, keys, tokens, user info. */
    FEDERATION,
    /** Keys of a client, by its {@code jwks_uri}. */
    CLIENT_KEYS,
    /** Alerts by a signed webhook. */
    WEBHOOK,
    /** Alerts by Slack. */
    SLACK,
    /** Logout tokens (OpenID Connect Back-Channel Logout 1.0). */
    LOGOUT_TOKEN,
    /** Ranges of breached passwords. */
    BREACHED_PASSWORDS,
    /** A program of this machine that looks at its own gate. */
    OWN_GATE;

    /** As metrics and logs write it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
