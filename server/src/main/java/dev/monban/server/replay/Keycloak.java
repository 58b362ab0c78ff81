package dev.monban.server.replay;

import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import org.jspecify.annotations.Nullable;

/** What Keycloak's events mean. */
final class Keycloak {

    private Keycloak() {}

    /** An event as an attempt; {@code null} where it tells of something else. */
    static @Nullable Logged event(String type, String error, @Nullable String user) {
        Logged logged = new Logged().account(user);
        return switch (type) {
            case "LOGIN" -> logged;
            case "LOGIN_ERROR" ->
                    switch (error) {
                        case "invalid_user_credentials" ->
                                logged.rejected(Rejection.WRONG_PASSWORD);
                        case "user_not_found" ->
                                logged.account(null).rejected(Rejection.UNKNOWN_ACCOUNT);
                        case "user_disabled", "user_temporarily_disabled" ->
                                logged.rejected(Rejection.ACCOUNT_DISABLED);
                        case "invalid_authentication_session", "expired_code", "cookie_not_found" ->
                                null;
                        default -> logged.rejected(Rejection.WRONG_PASSWORD);
                    };
            case "REFRESH_TOKEN" -> logged.step(Step.SESSION);
            case "RESET_PASSWORD", "SEND_RESET_PASSWORD" -> logged.step(Step.RESET_REQUEST);
            case "RESET_PASSWORD_ERROR", "SEND_RESET_PASSWORD_ERROR" ->
                    logged.step(Step.RESET_REQUEST).rejected(Rejection.UNKNOWN_ACCOUNT);
            default -> null;
        };
    }

    /** A refresh names nobody but the account. */
    static @Nullable String name(@Nullable String typed, @Nullable String user) {
        return typed == null ? user : typed;
    }
}
