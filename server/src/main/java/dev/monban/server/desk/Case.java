package dev.monban.server.desk;

import dev.monban.core.trouble.Cause;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who is stuck.
 *
 * @param account {@code null} where the login name leads to none
 * @param tenant their organisation, or the one whose browser it is; {@code null} where nobody knows
 * @param identifier what was typed as the login name, the last time; {@code ""} where it may be
 *     something else
 * @param device the browser at which it was tried last, as the log names it
 * @param cause {@code null} where support opened it
 * @param failures how many attempts had failed when it was opened
 * @param since the first of them, and {@code lastAt} the last
 * @param openedBy who in support opened it; {@code null} where it opened itself
 * @param closedBecause {@code null} while it is open
 * @param laterCause the code of a cause that a later release has found and that this one does not
 *     know; {@code null} otherwise
 */
public record Case(
        UUID id,
        String who,
        @Nullable UUID account,
        @Nullable UUID tenant,
        String identifier,
        @Nullable String device,
        @Nullable Cause cause,
        int failures,
        Instant since,
        Instant lastAt,
        List<UUID> attempts,
        Instant openedAt,
        @Nullable UUID openedBy,
        @Nullable Instant closedAt,
        @Nullable String closedBecause,
        @Nullable String laterCause) {

    /** What is said of a cause of a later release to whoever may not know more. */
    private static final String LATER = "later";

    public Case {
        attempts = List.copyOf(attempts);
    }

    /** One whose cause this release knows, or that has none. */
    public Case(
            UUID id,
            String who,
            @Nullable UUID account,
            @Nullable UUID tenant,
            String identifier,
            @Nullable String device,
            @Nullable Cause cause,
            int failures,
            Instant since,
            Instant lastAt,
            List<UUID> attempts,
            Instant openedAt,
            @Nullable UUID openedBy,
            @Nullable Instant closedAt,
            @Nullable String closedBecause) {
        this(
                id,
                who,
                account,
                tenant,
                identifier,
                device,
                cause,
                failures,
                since,
                lastAt,
                attempts,
                openedAt,
                openedBy,
                closedAt,
                closedBecause,
                null);
    }

    /**
     * What was typed as the login name; a password that went into the wrong field is nobody's
     * business, and was not kept.
     */
    public String shownName() {
        return identifier.isEmpty() ? "•••" : identifier;
    }

    public boolean isOpen() {
        return closedAt == null;
    }

    /** The same for whoever has not shown that it is their password: not what was wrong with it. */
    public String coarseCause() {
        if (laterCause != null) {
            // It may be about the password.
            return LATER;
        }
        boolean ofPassword =
                cause != null
                        && switch (cause) {
                            case TYPO,
                                    CAPS_LOCK,
                                    FULL_WIDTH,
                                    STRAY_SPACE,
                                    KEYBOARD_LAYOUT,
                                    SWAPPED,
                                    OLD_PASSWORD,
                                    OTHER_PASSWORD,
                                    FORGOTTEN ->
                                    true;
                            case WRONG_ACCOUNT -> isOfAnother();
                            default -> false;
                        };
        return ofPassword ? "password" : causeCode();
    }

    /** Its password is right for somebody else, which is theirs alone to know. */
    private boolean isOfAnother() {
        return cause == Cause.WRONG_ACCOUNT && account != null;
    }

    /**
     * The cause's name in texts; {@code called} where nobody but a caller says that there is one. A
     * cause of a later release has no text, and is shown as it is.
     */
    public String causeCode() {
        if (laterCause != null) {
            return laterCause;
        }
        if (cause == null) {
            return "called";
        }
        return isOfAnother() ? Cause.OTHER_PASSWORD.code() : cause.code();
    }
}
