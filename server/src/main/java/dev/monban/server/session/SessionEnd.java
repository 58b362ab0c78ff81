package dev.monban.server.session;

import java.util.Locale;

/** Why a session ended. */
public enum SessionEnd {
    SIGNED_OUT,
    /** By its owner, from another browser. */
    ENDED_BY_OWNER,
    /** The person has lost every factor: whoever has them now is somebody else. */
    FACTORS_LOST,
    /** By somebody who looks after the organisation. */
    ENDED_BY_ADMINISTRATOR,
    /** Somebody else signed in on the same browser. */
    REPLACED,
    /** The account may not sign in any more. */
    ACCOUNT_DISABLED,
    /** Whoever knew the old password is to know the new one. */
    PASSWORD_CHANGED,
    /** Somebody else knows the password. */
    PASSWORD_EXPIRED;

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
