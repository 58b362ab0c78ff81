package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The proof that came first.
 *
 * @param method a password, or what stands in its place
 * @param issuer of the identity provider that said who it is; {@code null} for a password
 * @param subject who it is there; {@code null} for a password
 * @param at when they proved it there; {@code null} for a password
 */
public record First(
        AuthenticationMethod method,
        @Nullable String issuer,
        @Nullable String subject,
        @Nullable Instant at) {

    static final First PASSWORD = new First(AuthenticationMethod.PASSWORD, null, null, null);

    static First there(String issuer, String subject, Instant at) {
        return new First(AuthenticationMethod.FEDERATED, issuer, subject, at);
    }

    boolean isPassword() {
        return method == AuthenticationMethod.PASSWORD;
    }

    /** When somebody proved who they are who has given another proof now: mail adds nothing. */
    Instant provedAt(AuthenticationMethod second, Instant now) {
        return at == null || second != AuthenticationMethod.MAIL_CODE ? now : at;
    }
}
