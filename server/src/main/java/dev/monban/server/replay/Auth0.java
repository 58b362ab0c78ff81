package dev.monban.server.replay;

import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Auth0's tenant log, exported with one JSON object a line. */
final class Auth0 extends JsonLines {

    @Override
    @Nullable Attempt attempt(Map<String, Object> whole, long number) throws BadLine {
        Map<String, Object> log = inner(whole);
        Logged logged = logged(textOr(log, "type", ""), text(log, "user_id"));
        if (logged == null) {
            return null;
        }
        String id = text(log, "log_id");
        return (id == null ? logged : logged.id(id))
                .at(text(log, "date"))
                .identifier(textOr(log, "user_name", textOr(log, "details.body.username", "")))
                .address(text(log, "ip"))
                .country(text(log, "location_info.country_code"))
                .userAgent(text(log, "user_agent"))
                .client(text(log, "client_id"))
                .attempt(number);
    }

    /** Log streams put each entry into an envelope. */
    @SuppressWarnings("unchecked") // JSON objects have texts for keys
    private static Map<String, Object> inner(Map<String, Object> whole) {
        return whole.get("data") instanceof Map<?, ?> data ? (Map<String, Object>) data : whole;
    }

    private static @Nullable Logged logged(String type, @Nullable String user) {
        Logged logged = new Logged().account(user);
        return switch (type) {
            case "s" -> logged;
            case "fp", "f", "pwd_leak" -> logged.rejected(Rejection.WRONG_PASSWORD);
            case "fu" -> logged.account(null).rejected(Rejection.UNKNOWN_ACCOUNT);
            case "limit_wc", "limit_mu", "limit_ui" -> logged.rejected(Rejection.WRONG_PASSWORD);
            case "gd_auth_succeed" -> logged.step(Step.TOTP);
            case "gd_auth_failed", "gd_otp_rate_limit_exceed" ->
                    logged.step(Step.TOTP).rejected(Rejection.WRONG_CODE);
            case "gd_auth_rejected" -> logged.step(Step.TOTP).rejected(Rejection.NO_ANSWER);
            case "scpr" -> logged.step(Step.RESET_REQUEST);
            case "fcpr" -> logged.step(Step.RESET_REQUEST).rejected(Rejection.UNKNOWN_ACCOUNT);
            default -> null;
        };
    }
}
