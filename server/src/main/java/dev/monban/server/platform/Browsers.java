package dev.monban.server.platform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Ties forms to the browser that they were shown in, so that no other site can send them
 * (cross-site request forgery, OWASP ASVS 5 3.5.1). Each browser has a cookie of chance; a form's
 * token is its keyed hash.
 */
public final class Browsers {

    private static final Purpose FORM = Purpose.of("form");

    /** The name of the form field with the token. */
    public static final String FIELD = "form_token";

    private static final String COOKIE = "monban_browser";

    private final Vault vault;

    public Browsers(Vault vault) {
        this.vault = vault;
    }

    /**
     * A browser, known by its cookie or met now. A form sent without the cookie is no form of ours,
     * or comes from another site, with which browsers send no cookies (SameSite=Lax): a new cookie
     * would take the place of the one that the forms of other tabs depend on.
     */
    public final class Browser {

        private final String value;
        private final boolean met;

        private Browser(String value, boolean met) {
            this.value = value;
            this.met = met;
        }

        /** The token for forms shown in this browser. */
        public String formToken() {
            return Tokens.base64Url(vault.tag(FORM, value));
        }

        /** Gives the browser its cookie, where it has none yet. */
        public Reply remember(Reply reply) {
            return met ? reply.cookie(COOKIE, value, null) : reply;
        }
    }

    public Browser of(Request request) {
        return request.cookie(COOKIE)
                .filter(value -> value.length() == 43)
                .map(value -> new Browser(value, false))
                .orElseGet(() -> new Browser(Tokens.fresh(), !request.isPost()));
    }

    /** Whether the browser sends the cookie that it was given. */
    public boolean knows(Request request) {
        return request.cookie(COOKIE).isPresent();
    }

    /**
     * Makes sure that a form was shown in the browser that sends it.
     *
     * @throws Problem (403) where it was not
     */
    public void check(Request request) {
        byte[] expected = of(request).formToken().getBytes(StandardCharsets.US_ASCII);
        byte[] sent = request.form().text(FIELD).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(expected, sent)) {
            throw Problem.foreignForm();
        }
    }
}
