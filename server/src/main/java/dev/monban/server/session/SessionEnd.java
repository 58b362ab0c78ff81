package dev.monban.server.session;

import java.util.Locale;

/** Why a session ended. */
public enum SessionEnd {
    SIGNED_OUT,
    /** By its owner, from another browser. */
    ENDED_BY_OWNER,
    /** Somebody else signed in on the same browser. */
    REPLACED;

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
