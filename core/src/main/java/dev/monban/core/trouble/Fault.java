package dev.monban.core.trouble;

import java.util.Locale;

/** What keeps one person out, as precisely as can be said. */
public enum Fault {
    /** The login name leads to no account. */
    NO_ACCOUNT(Topic.ACCOUNT),
    /** It leads to none, and differs from one by a slip. */
    NEARLY_A_NAME(Topic.ACCOUNT),
    /** It is not the one that this browser usually signs in with. */
    ANOTHER_NAME(Topic.ACCOUNT),
    DISABLED(Topic.ACCOUNT),
    /** Nobody has chosen a password yet. */
    NOT_ACTIVATED(Topic.ACCOUNT),
    INVITATION_OPEN(Topic.ACCOUNT),
    INVITATION_OVER(Topic.ACCOUNT),
    IDP_FAILED(Topic.TENANT),
    /** The organisation's provider knows them as somebody whom nobody here is. */
    OTHER_IDENTITY(Topic.TENANT),
    /** The organisation wants a level that the person cannot reach, or has not reached. */
    LEVEL_WANTED(Topic.POLICY),
    ADDRESS_NOT_ALLOWED(Topic.ADDRESS),
    SOURCE_BLOCKED(Topic.ADDRESS),
    GUESSED_BY_OTHERS(Topic.THROTTLE),
    GUESSED_HERE(Topic.THROTTLE),
    PASSWORD_SPRAYED(Topic.THROTTLE),
    UNDER_SUSPICION(Topic.THROTTLE),
    CODES_SLOWED(Topic.THROTTLE),
    PASSWORD_CHANGED(Topic.PASSWORD),
    /** Another password must be chosen: somebody else knows this one. */
    PASSWORD_KNOWN(Topic.PASSWORD),
    CAPS_LOCK(Topic.PASSWORD),
    FULL_WIDTH(Topic.PASSWORD),
    STRAY_SPACE(Topic.PASSWORD),
    KEYBOARD_LAYOUT(Topic.PASSWORD),
    NEARLY_RIGHT(Topic.PASSWORD),
    /** The password stood in the login name's place. */
    SWAPPED(Topic.PASSWORD),
    PASSWORD_OF_ANOTHER(Topic.PASSWORD),
    FORGOTTEN(Topic.PASSWORD),
    WRONG_PASSWORD(Topic.PASSWORD),
    CLOCK_OFF(Topic.FACTOR),
    /** The factors are others than at the last success. */
    FACTOR_REPLACED(Topic.FACTOR),
    FACTOR_LOST(Topic.FACTOR),
    /** A code was asked for, as the trust in the device has run out. */
    TRUST_ENDED(Topic.FACTOR),
    /** A way back is open, and does not let in yet. */
    RECOVERY_WAITS(Topic.FACTOR),
    WRONG_CODES(Topic.FACTOR),
    CODE_NOT_TYPED(Topic.FACTOR),
    PASSKEY_BROKEN_OFF(Topic.FACTOR),
    PASSKEY_CLONED(Topic.FACTOR),
    MAIL_BOUNCED(Topic.MAIL),
    /** It comes back, and is not what keeps them out. */
    MAIL_COMES_BACK(Topic.MAIL),
    NO_MAIL_ADDRESS(Topic.MAIL),
    CLIENT_REFUSED(Topic.CLIENT),
    CLIENT_REMOVED(Topic.CLIENT),
    CONSENT_DENIED(Topic.CLIENT),
    /** They were in, and were signed out. */
    SESSION_ENDED(Topic.SESSION),
    /** Nothing stands in their way. */
    NOTHING(Topic.SESSION);

    /** What is looked at, in this order. */
    public enum Topic {
        ACCOUNT,
        TENANT,
        POLICY,
        ADDRESS,
        THROTTLE,
        PASSWORD,
        FACTOR,
        MAIL,
        CLIENT,
        SESSION;

        /** The name in texts: lower case with underscores. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Topic topic;

    Fault(Topic topic) {
        this.topic = topic;
    }

    public Topic topic() {
        return topic;
    }

    /** The name in texts: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the right password from the usual place would let them in all the same: what the
     * watch does about strangers is nothing to a device that the account knows.
     */
    public boolean yields() {
        return switch (this) {
            case CAPS_LOCK,
                    FULL_WIDTH,
                    STRAY_SPACE,
                    KEYBOARD_LAYOUT,
                    NEARLY_RIGHT,
                    SWAPPED,
                    PASSWORD_CHANGED,
                    PASSWORD_OF_ANOTHER,
                    FORGOTTEN,
                    WRONG_PASSWORD,
                    NEARLY_A_NAME,
                    ANOTHER_NAME,
                    SESSION_ENDED,
                    CONSENT_DENIED,
                    GUESSED_BY_OTHERS,
                    PASSWORD_SPRAYED,
                    UNDER_SUSPICION,
                    MAIL_COMES_BACK,
                    NOTHING ->
                    true;
            default -> false;
        };
    }

    /** Whether it goes by with time. */
    boolean fades() {
        return this == GUESSED_HERE || this == CODES_SLOWED;
    }
}
