package dev.monban.server.login.page;

import dev.monban.server.factor.Passkeys;
import dev.monban.server.login.Challenges;
import dev.monban.server.login.Errand;
import dev.monban.server.login.Login;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.session.Sessions;
import java.util.Map;
import java.util.Optional;

/** What people see who have tried to sign in, by whichever way. */
public final class Answers {

    private final Pages pages;
    private final Passkeys passkeys;

    public Answers(Pages pages, Passkeys passkeys) {
        this.pages = pages;
        this.passkeys = passkeys;
    }

    /**
     * @param sealed what they came for, sealed; empty where they came by themselves
     * @param again whether a code was typed already
     * @throws Problem (422) where they were rejected; (429) where they are to wait
     */
    Reply reply(
            Request request,
            String sealed,
            Optional<Errand> errand,
            Visitors.Device device,
            Login.Result result,
            boolean again) {
        return switch (result) {
            case Login.Result.SignedIn(Sessions.Started started) ->
                    device.remember(
                            started.remember(
                                    Reply.seeOther(
                                            errand.map(Errand::backTo).orElse(Visitors.HOME))));
            case Login.Result.PasswordWanted(String ticket) ->
                    NewPasswordPage.ask(
                            pages,
                            request,
                            ticket,
                            sealed,
                            errand.map(Errand::formTarget).orElse(""));
            case Login.Result.CodeWanted(String token, Challenges.Shown shown) ->
                    codePage(
                            request,
                            errand,
                            Map.of(
                                    "sealed",
                                    sealed,
                                    "clientName",
                                    errand.map(Errand::clientName).orElse(""),
                                    "challenge",
                                    token,
                                    "shown",
                                    shown.code(),
                                    "passkey",
                                    passkeys.request(),
                                    "again",
                                    again));
            case Login.Result.Wait(int seconds) -> throw Problem.slowDown(seconds);
            case Login.Result.Rejected() -> throw over(sealed, "the code is not good any more");
        };
    }

    /** Nothing more comes of this; it leads back to the sign-in for the same request. */
    static Problem over(String sealed, String detail) {
        return new Problem(422, "code_over", detail)
                .leadingTo("/login?again=1" + Visitors.carry(sealed), "");
    }

    private Reply codePage(Request request, Optional<Errand> errand, Map<String, Object> content) {
        return pages.show(
                request,
                Boolean.TRUE.equals(content.get("again")) ? 422 : 200,
                "code",
                content,
                errand.map(Errand::formTarget).orElse(""));
    }
}
