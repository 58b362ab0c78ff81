package dev.monban.server.home.page;

import dev.monban.server.home.SecurityContact;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Routes;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Addresses that programs know beforehand (RFC 8615). */
public final class WellKnown {

    /** RFC 9116, section 2.5.5, recommends less than a year. */
    private static final Duration GOOD_FOR = Duration.ofDays(180);

    private static final String SECURITY = "/.well-known/security.txt";

    private final String issuer;
    private final Optional<SecurityContact> security;
    private final InstantSource clock;

    /**
     * @param security whom to tell of weaknesses; without it there is no {@code security.txt}
     */
    public WellKnown(String issuer, Optional<SecurityContact> security, InstantSource clock) {
        this.issuer = issuer;
        this.security = security;
        this.clock = clock;
    }

    public void hang(Routes routes) {
        // Password managers lead people here ("A Well-Known URL for Changing Passwords", W3C).
        routes.get("/.well-known/change-password", request -> Reply.seeOther("/account/password"));
        security.ifPresent(contact -> routes.get(SECURITY, request -> text(contact)));
    }

    /** RFC 9116, section 2.5: how to reach somebody, until when that holds, and where it stands. */
    private Reply text(SecurityContact contact) {
        StringBuilder text = new StringBuilder();
        contact.addresses().forEach(address -> line(text, "Contact", address));
        line(
                text,
                "Expires",
                clock.instant().plus(GOOD_FOR).truncatedTo(ChronoUnit.DAYS).toString());
        contact.policy().ifPresent(policy -> line(text, "Policy", policy));
        line(text, "Preferred-Languages", "ja, en");
        line(text, "Canonical", issuer + SECURITY);
        return Reply.text(200, text.toString());
    }

    private static void line(StringBuilder text, String field, String value) {
        text.append(field).append(": ").append(value).append('\n');
    }
}
