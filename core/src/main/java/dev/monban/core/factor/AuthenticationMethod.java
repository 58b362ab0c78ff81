package dev.monban.core.factor;

import java.util.Set;

/** What a person used to sign in, as the claim {@code amr} names it (RFC 8176, section 2). */
public enum AuthenticationMethod {
    PASSWORD("pwd"),
    /** A code from an app. */
    TOTP("otp"),
    /** One of ten codes on paper. */
    RECOVERY_CODE("otp"),
    /** A code by mail: shows who reads it, and is no factor. */
    MAIL_CODE(""),
    /** A device that the person has said to trust: stands for a factor, and is none. */
    TRUSTED_DEVICE(""),
    /** What the organisation's own identity provider says, however it has found out. */
    FEDERATED(""),
    /** With user verification. */
    PASSKEY("pop user");

    private final String words;

    AuthenticationMethod(String words) {
        this.words = words;
    }

    /** Empty for what the claim has no word for. */
    public Set<String> amr() {
        return words.isEmpty() ? Set.of() : Set.of(words.split(" "));
    }
}
