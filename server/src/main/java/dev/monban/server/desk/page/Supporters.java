package dev.monban.server.desk.page;

import dev.monban.core.trouble.Help;
import dev.monban.server.account.Account;
import dev.monban.server.account.Present;
import dev.monban.server.desk.Helpers;
import dev.monban.server.factor.Proofs;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import java.util.Optional;

/**
 * Lets those in who help at the desk: people with the role {@code support}, and administrators of
 * an organisation that runs the gate. For everybody else there is no desk.
 */
public final class Supporters {

    private final Present present;
    private final Helpers helpers;
    private final Proofs proofs;
    private final Pages pages;
    private final Browsers browsers;

    public Supporters(
            Present present, Helpers helpers, Proofs proofs, Pages pages, Browsers browsers) {
        this.present = present;
        this.helpers = helpers;
        this.proofs = proofs;
        this.pages = pages;
        this.browsers = browsers;
    }

    /** Somebody in support, and what the rules know of them. */
    record Supporter(Account account, Help.Helper helper) {}

    /** Answers somebody in support. */
    @FunctionalInterface
    interface Room {
        Reply handle(Request request, Supporter who);
    }

    /** For them only. */
    Handler only(Room room) {
        return pages.guarded(request -> {
            Optional<Present.Person> person = present.at(request);
            if (person.isEmpty()) {
                return Reply.seeOther("/login");
            }
            Account account = person.get().account();
            Help.Helper helper = helpers.helper(account).orElseThrow(Problem::notFound);
            Optional<String> missing =
                    proofs.missing(account, person.get().session(), request.isPost());
            if (missing.isPresent()) {
                return Reply.seeOther(missing.get());
            }
            if (request.isPost()) {
                browsers.check(request);
            }
            return room.handle(request, new Supporter(account, helper));
        });
    }
}
