package dev.monban.core.watch;

import java.util.Locale;

/** What the check of the credential said, whatever was decided about the attempt. */
public enum Outcome {
    ACCEPTED,
    REJECTED,
    ABANDONED;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
