package dev.monban.server.login.page;

import dev.monban.core.password.PasswordRules;
import dev.monban.server.login.PasswordChanges;
import dev.monban.server.password.NewPasswords;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.platform.Texts;
import java.util.List;
import java.util.Map;

/**
 * Says how strong a password is while somebody is choosing it. It knows nobody's name and no stored
 * password, so there is nothing to be learnt from it; whether it may be chosen is said at the end.
 */
public final class StrengthEndpoint {

    private static final int RETRY_AFTER_SECONDS = 1;

    private final PasswordChanges changes;
    private final Browsers browsers;
    private final RateLimit limit;

    /**
     * @param limit how often one source may ask
     */
    public StrengthEndpoint(PasswordChanges changes, Browsers browsers, RateLimit limit) {
        this.changes = changes;
        this.browsers = browsers;
        this.limit = limit;
    }

    public void hang(Routes routes) {
        routes.post("/password/strength", this::measure);
    }

    private Reply measure(Request request) {
        limit.count(request);
        browsers.check(request);
        String password = request.form().text("new_password");
        String sensible =
                password.substring(0, Math.min(password.length(), PasswordRules.MOST + 1));
        NewPasswords.Strength strength =
                changes.strength(sensible).orElseThrow(() -> Problem.busy(RETRY_AFTER_SECONDS));
        Texts texts = Texts.in(request.language());
        String least = String.valueOf(PasswordRules.least(false));
        List<String> words =
                strength.faults().isEmpty()
                        ? List.of(texts.get("password.strength." + strength.level()))
                        : strength.faults().stream()
                                .sorted()
                                .map(fault -> texts.get("password.fault." + fault.code(), least))
                                .toList();
        return Reply.json(
                        200,
                        Map.of(
                                "level", strength.level(),
                                "most", PasswordRules.STRONGEST,
                                "text", String.join(" ", words)))
                .uncached();
    }
}
