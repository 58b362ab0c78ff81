package dev.monban.core.watch;

import java.util.Locale;

/** What is done about an attempt, from the mildest on. */
public enum Action {
    /** It goes on. */
    ALLOW,
    /** Another proof is asked for, although the credential was right. */
    STEP_UP,
    /** Asked to wait; the credential is not checked. */
    THROTTLE,
    /** Refused; the credential is not checked. */
    DENY;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
