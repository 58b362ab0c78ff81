package dev.monban.server.login.page;

import dev.monban.server.factor.TrustedDevices;
import dev.monban.server.login.Errand;
import dev.monban.server.login.Login;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.session.Sessions;
import java.time.Duration;
import java.util.Optional;

/** Says who sends a request, with the browser's long-lived cookie. */
public final class Visitors {

    private static final Purpose DEVICE = Purpose.of("device");

    /** Where people go who came for nothing else. */
    static final String HOME = "/account";

    /**
     * What an address carries on: the sealed request as it came, or nothing where it is none.
     *
     * @return empty, or {@code &request=…}
     */
    static String carry(String sealed) {
        return sealed.matches("[A-Za-z0-9._-]+") ? "&request=" + sealed : "";
    }

    private static final String DEVICE_COOKIE = "monban_device";
    private static final String TRUST_COOKIE = "monban_trust";

    /** The longest that browsers keep a cookie. */
    private static final Duration DEVICE_KEPT = Duration.ofDays(400);

    private static final int TAG_CHARACTERS = 22;

    private final Sessions sessions;
    private final Vault vault;

    public Visitors(Sessions sessions, Vault vault) {
        this.sessions = sessions;
        this.vault = vault;
    }

    /**
     * The browser's long-lived cookie.
     *
     * @param cookie what it has after a success
     * @param trust the cookie that it was given when it was trusted
     */
    record Device(
            Optional<String> presented, String cookie, Optional<String> trust, String trustToBe) {

        Reply remember(Reply reply) {
            return reply.cookie(DEVICE_COOKIE, cookie, DEVICE_KEPT);
        }

        /**
         * Where the device is trusted from now on. The cookie is a fresh one: no other knows it.
         */
        Reply rememberTrust(Reply reply) {
            return reply.cookie(TRUST_COOKIE, trustToBe, TrustedDevices.LASTS);
        }
    }

    Device device(Request request) {
        Optional<String> presented = cookie(request, DEVICE_COOKIE);
        return new Device(
                presented,
                presented.orElseGet(Tokens::fresh),
                cookie(request, TRUST_COOKIE),
                Tokens.fresh());
    }

    private static Optional<String> cookie(Request request, String name) {
        return request.cookie(name).filter(c -> c.matches("[A-Za-z0-9_-]{43}"));
    }

    Login.Visitor visitor(Request request, Device device, Optional<Errand> errand) {
        return new Login.Visitor(
                request.address(),
                request.sourceKey(),
                request.userAgent(),
                device.presented().map(this::tag).orElse(null),
                tag(device.cookie()),
                device.trust().map(this::tag).orElse(null),
                tag(device.trustToBe()),
                errand.map(Errand::client).orElse(null),
                errand.map(Errand::strong).orElse(false),
                sessions.current(request));
    }

    private String tag(String cookie) {
        return Tokens.base64Url(vault.tag(DEVICE, cookie)).substring(0, TAG_CHARACTERS);
    }
}
