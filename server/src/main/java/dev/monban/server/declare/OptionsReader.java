package dev.monban.server.declare;

import dev.monban.server.audit.Retention;
import dev.monban.server.factor.RelyingPartyId;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Reads what holds for the whole gate and has a usual value. */
final class OptionsReader {

    private final Checker checker;
    private final String file;

    OptionsReader(Checker checker, String file) {
        this.checker = checker;
        this.file = file;
    }

    State.Options read(Located root) {
        return new State.Options(
                root.get("version").map(Located::number).orElse(0),
                file,
                retention(root.get("retention")),
                rpId(root));
    }

    private Optional<String> rpId(Located root) {
        Optional<Located> written = root.get("passkeys").flatMap(one -> one.get("rpId"));
        String host = host(root.textOf("issuer").orElse(""));
        written.flatMap(one -> RelyingPartyId.fault(one.text(), host))
                .ifPresent(why ->
                        checker.fault(written.map(Located::line).orElse(1), "passkeys.rpId", why));
        return written.map(Located::text);
    }

    private Retention retention(Optional<Located> written) {
        Retention usual = Retention.DEFAULT;
        Located one = written.orElseGet(() -> new Located(Map.of(), 1));
        try {
            return new Retention(
                    days(one, "attemptsDays", usual.attempts()),
                    days(one, "eventsDays", usual.events()),
                    days(one, "casesDays", usual.cases()),
                    days(one, "formerPasswordsDays", usual.formerPasswords()));
        } catch (IllegalArgumentException e) {
            checker.fault(one.line(), "retention", String.valueOf(e.getMessage()));
            return usual;
        }
    }

    /** Empty where it is no address: that is a fault of its own. */
    private static String host(String issuer) {
        try {
            return Optional.ofNullable(new URI(issuer).getHost()).orElse("");
        } catch (URISyntaxException e) {
            return "";
        }
    }

    private static Duration days(Located from, String key, Duration usual) {
        return from.get(key).map(days -> Duration.ofDays(days.number())).orElse(usual);
    }
}
