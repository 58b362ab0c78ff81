package dev.monban.core.trouble;

import java.time.Duration;

/** Says in one sentence what was found. */
public final class Explanation {

    private Explanation() {}

    /** The sentence. */
    public static String of(Trouble trouble) {
        return switch (trouble) {
            case Trouble.Stuck stuck -> of(stuck);
            case Trouble.Outage outage ->
                    "People of this organisation are turned away for a reason that is not theirs: "
                            + outage.people()
                            + " so far.";
            case Trouble.Automation program ->
                    "A program tries one and the same wrong password again and again, "
                            + program.failures()
                            + " times so far: it was not told of the new one.";
        };
    }

    private static String of(Trouble.Stuck stuck) {
        long minutes = Math.max(1, Duration.between(stuck.since(), stuck.at()).toMinutes());
        return "Somebody has tried "
                + stuck.failures()
                + (stuck.failures() == 1 ? " time" : " times")
                + " within "
                + minutes
                + (minutes == 1 ? " minute" : " minutes")
                + " and did not get in: "
                + inWords(stuck.cause())
                + ".";
    }

    private static String inWords(Cause cause) {
        return switch (cause) {
            case TYPO -> "the password was nearly right";
            case CAPS_LOCK -> "caps lock seems to be on";
            case FULL_WIDTH -> "the password was typed in full-width characters";
            case STRAY_SPACE -> "there is a space too many";
            case KEYBOARD_LAYOUT -> "the keyboard writes other signs than its keys show";
            case SWAPPED -> "login name and password stand in each other's place";
            case OLD_PASSWORD -> "it is the password from before the last change";
            case OTHER_PASSWORD -> "the passwords are others than this account's";
            case WRONG_ACCOUNT -> "the login name leads to no account";
            case FORGOTTEN -> "the password seems to be forgotten";
            case MAIL_NOT_DELIVERED -> "the mail with the code came back";
            case PASSWORD_EXPIRED -> "another password must be chosen first";
            case ACCOUNT_DISABLED -> "the account is disabled";
            case TOTP_DRIFT -> "the clock of the app is off";
            case LOST_PHONE -> "the second factor is asked for and does not come";
            case IDP_FAILED ->
                    "the identity provider of the organisation fails, or knows them as somebody else";
            case PASSKEY_TROUBLE -> "the passkey is not used to the end";
        };
    }
}
