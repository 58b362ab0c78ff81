package dev.monban.server.replay;

import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Okta's System Log, exported with one JSON object a line. */
final class Okta extends JsonLines {

    @Override
    @Nullable Attempt attempt(Map<String, Object> event, long number) throws BadLine {
        Logged logged = logged(event);
        if (logged == null) {
            return null;
        }
        String id = text(event, "uuid");
        return (id == null ? logged : logged.id(id))
                .at(text(event, "published"))
                .identifier(text(event, "actor.alternateId"))
                .address(text(event, "client.ipAddress"))
                .country(text(event, "client.geographicalContext.country"))
                .network(number(text(event, "securityContext.asNumber")))
                .userAgent(text(event, "client.userAgent.rawUserAgent"))
                .client(app(event))
                .session(text(event, "authenticationContext.externalSessionId"))
                .attempt(number);
    }

    private static @Nullable Logged logged(Map<String, Object> event) {
        boolean success = textOr(event, "outcome.result", "").equals("SUCCESS");
        String reason = textOr(event, "outcome.reason", "");
        boolean unknown = reason.equals("VERIFICATION_ERROR") || reason.equals("UNKNOWN_USER");
        Logged logged = new Logged().account(unknown ? null : text(event, "actor.id"));
        return switch (textOr(event, "eventType", "")) {
            case "user.session.start", "user.authentication.auth_via_AD_agent" ->
                    success
                            ? logged
                            : logged.rejected(
                                    unknown
                                            ? Rejection.UNKNOWN_ACCOUNT
                                            : reason.equals("LOCKED_OUT")
                                                    ? Rejection.ACCOUNT_DISABLED
                                                    : Rejection.WRONG_PASSWORD);
            case "user.authentication.auth_via_mfa" ->
                    success
                            ? logged.step(Step.TOTP)
                            : logged.step(Step.TOTP).rejected(Rejection.WRONG_CODE);
            case "user.mfa.okta_verify.deny_push" ->
                    logged.step(Step.TOTP).rejected(Rejection.NO_ANSWER);
            case "user.account.reset_password" -> logged.step(Step.RESET_REQUEST);
            default -> null;
        };
    }

    private static long number(@Nullable String text) {
        return text == null || !text.matches("\\d{1,10}") ? 0 : Long.parseLong(text);
    }

    private static @Nullable String app(Map<String, Object> event) {
        if (event.get("target") instanceof List<?> targets) {
            for (Object target : targets) {
                if (target instanceof Map<?, ?> map && "AppInstance".equals(map.get("type"))) {
                    return String.valueOf(map.get("id"));
                }
            }
        }
        return null;
    }
}
