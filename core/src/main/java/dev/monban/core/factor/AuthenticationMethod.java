package dev.monban.core.factor;

/** What a person used to sign in, as the claim {@code amr} names it (RFC 8176, section 2). */
public enum AuthenticationMethod {
    PASSWORD("pwd");

    private final String amr;

    AuthenticationMethod(String amr) {
        this.amr = amr;
    }

    public String amr() {
        return amr;
    }
}
