package dev.monban.core.watch;

import java.util.Locale;

/** What became of the further proof that was asked for. */
public enum StepUp {
    PASSED,
    FAILED;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
