package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import org.jspecify.annotations.Nullable;

/**
 * The proof that came first.
 *
 * @param method a password, or what stands in its place
 * @param issuer of the identity provider that said who it is; {@code null} for a password
 * @param subject who it is there; {@code null} for a password
 */
public record First(
        AuthenticationMethod method, @Nullable String issuer, @Nullable String subject) {

    static final First PASSWORD = new First(AuthenticationMethod.PASSWORD, null, null);

    static First at(String issuer, String subject) {
        return new First(AuthenticationMethod.FEDERATED, issuer, subject);
    }

    boolean isPassword() {
        return method == AuthenticationMethod.PASSWORD;
    }
}
