package dev.monban.core.authorize;

/** The parameter {@code prompt} (OpenID Connect Core 1.0, section 3.1.2.1). */
public enum Prompt {
    /** Show nothing; answer with an error where something would have to be shown. */
    NONE,
    /** Ask the person to sign in again. */
    LOGIN,
    /** Ask for consent again. */
    CONSENT,
    /** Let the person choose the account. */
    SELECT_ACCOUNT
}
