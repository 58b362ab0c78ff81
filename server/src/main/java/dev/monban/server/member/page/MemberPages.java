package dev.monban.server.member.page;

import dev.monban.server.account.Account;
import dev.monban.server.account.Identifiers;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.Recoveries;
import dev.monban.server.member.Invitations;
import dev.monban.server.member.Members;
import dev.monban.server.member.page.Administrators.Office;
import dev.monban.server.notify.Bounces;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Where those who look after an organisation invite people and let them back in. */
public final class MemberPages {

    private static final String LIST = "/members";
    private static final int MOST_NAME = 100;
    private static final int MOST_ADDRESS = 254;
    private static final Pattern ADDRESS =
            Pattern.compile("[^@\\s\\p{Cntrl}<>\",;:\\\\()\\[\\]]+@[a-z0-9.-]+\\.[a-z0-9-]+");

    private final Administrators administrators;
    private final Members members;
    private final Invitations invitations;
    private final Factors factors;
    private final Recoveries recoveries;
    private final Bounces bounces;
    private final Pages pages;
    private final RateLimit limit;
    private final RateLimit decisions;

    /**
     * @param limit how often one organisation may invite
     * @param decisions how often one administrator may decide something about one person
     */
    public MemberPages(
            Administrators administrators,
            Members members,
            Invitations invitations,
            Factors factors,
            Recoveries recoveries,
            Bounces bounces,
            Pages pages,
            RateLimit limit,
            RateLimit decisions) {
        this.administrators = administrators;
        this.members = members;
        this.invitations = invitations;
        this.factors = factors;
        this.recoveries = recoveries;
        this.bounces = bounces;
        this.pages = pages;
        this.limit = limit;
        this.decisions = decisions;
    }

    public void hang(Routes routes) {
        routes.get(LIST, administrators.only(this::list))
                .get("/members/invite", administrators.only(this::showInvite))
                .post("/members/invite", administrators.only(this::invite))
                .post("/members/invite/again", administrators.only(this::inviteAgain))
                .post("/members/invite/withdraw", administrators.only(this::withdraw))
                .get("/members/person", administrators.only(this::person))
                .post("/members/person/sign-out", administrators.only(this::signOut))
                .post("/members/person/unlink", administrators.only(this::unlink))
                .post("/members/person/recover", administrators.only(this::recover))
                .post("/members/person/confirm", administrators.only(this::confirm))
                .post("/members/person/stop", administrators.only(this::stop));
    }

    private Reply list(Request request, Office office) {
        String part = request.query().text("q");
        String searched = part.substring(0, Math.min(part.length(), MOST_NAME));
        return pages.show(
                request,
                200,
                "members",
                content(
                        office,
                        Map.of(
                                "part", searched,
                                "lines", members.of(office.tenant().id(), searched),
                                "invitations", invitations.of(office.tenant().id()))));
    }

    private static Map<String, Object> content(Office office, Map<String, Object> more) {
        Map<String, Object> content = new HashMap<>(more);
        content.put("tenant", office.named() ? office.tenant().slug() : "");
        content.put("tenantName", office.tenant().name());
        content.put("zone", office.administrator().timeZone());
        return content;
    }

    private Reply showInvite(Request request, Office office) {
        return invitePage(request, office, 200, Parameters.NONE, "");
    }

    private Reply invitePage(
            Request request, Office office, int status, Parameters typed, String fault) {
        return pages.show(
                request,
                status,
                "member-invite",
                content(
                        office,
                        Map.of(
                                "fault", fault,
                                "email", typed.text("email"),
                                "name", typed.text("name"),
                                "chosen", typed.all("role"),
                                "roles", members.roles(office.tenant()))));
    }

    private Reply invite(Request request, Office office) {
        Parameters form = request.form();
        String identifier = Identifiers.normalise(form.text("email"));
        String name = form.text("name").strip().replaceAll("\\p{Cntrl}", "");
        List<String> roles = form.all("role");
        Optional<Language> language = Language.ofTag(form.text("language"));
        boolean good = identifier.length() <= MOST_ADDRESS && ADDRESS.matcher(identifier).matches();
        if (!good) {
            return invitePage(request, office, 422, form, "address");
        }
        if (name.isEmpty() || name.length() > MOST_NAME) {
            return invitePage(request, office, 422, form, "name");
        }
        if (language.isEmpty() || !members.roles(office.tenant()).containsAll(roles)) {
            throw Problem.badRequest("language and role: from the lists");
        }
        limit.count("invite " + office.tenant().id());
        Invitations.Outcome outcome =
                invitations.invite(
                        office.tenant(),
                        new Invitations.Guest(identifier, name, language.get(), roles),
                        office.administrator(),
                        others(office),
                        request.address());
        return switch (outcome) {
            case SENT -> back(office);
            case MEMBER -> invitePage(request, office, 422, form, "member");
            case NO_MAIL -> invitePage(request, office, 422, form, "no_mail");
        };
    }

    private List<Account> others(Office office) {
        return members.administratorsBut(office.tenant().id(), office.administrator().id());
    }

    private static Reply back(Office office) {
        return Reply.seeOther(office.query().isEmpty() ? LIST : LIST + "?" + office.query());
    }

    private Reply inviteAgain(Request request, Office office) {
        limit.count("invite " + office.tenant().id());
        boolean sent =
                invitations.again(
                        office.tenant(),
                        id(request),
                        office.administrator(),
                        others(office),
                        request.address());
        if (!sent) {
            throw Problem.notFound();
        }
        return back(office);
    }

    private Reply withdraw(Request request, Office office) {
        invitations.withdraw(
                office.tenant(), id(request), office.administrator(), request.address());
        return back(office);
    }

    private Reply person(Request request, Office office) {
        Account account = account(office, request.query().text("id"));
        Optional<Recoveries.Open> open = recoveries.of(account.id());
        boolean own = account.id().equals(office.administrator().id());
        return pages.show(
                request,
                200,
                "member",
                content(
                        office,
                        Map.of(
                                "account",
                                account,
                                "factors",
                                factors.of(account.id()),
                                "bounce",
                                bounces.of(account.email()),
                                "own",
                                own,
                                "issuers",
                                members.issuers(account),
                                "recovery",
                                open.map(Recoveries.Open::recovery),
                                "begunHere",
                                open.filter(o -> o.begunBy().equals(office.administrator().id()))
                                        .isPresent())));
    }

    private Reply signOut(Request request, Office office) {
        Account account = account(office, request.form().text("id"));
        decisions.count(office.administrator().id() + " " + account.id());
        members.endSessions(account, office.administrator(), request.address());
        return person(office, account);
    }

    private Reply unlink(Request request, Office office) {
        Account account = account(office, request.form().text("id"));
        decisions.count(office.administrator().id() + " " + account.id());
        if (account.id().equals(office.administrator().id())) {
            throw Problem.badRequest("id: somebody else's");
        }
        members.unlink(account, office.administrator(), request.address());
        return person(office, account);
    }

    /** Whoever asks has spoken with the person; the page has them say so. */
    private Reply recover(Request request, Office office) {
        Account account = account(office, request.form().text("id"));
        decisions.count(office.administrator().id() + " " + account.id());
        if (!request.form().text("spoken").isEmpty()) {
            UUID tenant = office.tenant().id();
            boolean begun =
                    recoveries.begin(
                            account,
                            office.administrator(),
                            members.administratorsBut(
                                    tenant, office.administrator().id(), account.id()),
                            request.address());
            if (!begun) {
                throw new Problem(422, "recovery_refused", "open already, or one's own");
            }
        }
        return person(office, account);
    }

    private Reply confirm(Request request, Office office) {
        Account account = account(office, request.form().text("id"));
        decisions.count(office.administrator().id() + " " + account.id());
        if (!request.form().text("spoken").isEmpty()
                && !recoveries.confirm(account, office.administrator(), request.address())) {
            throw new Problem(422, "recovery_refused", "not open, or one's own");
        }
        return person(office, account);
    }

    private Reply stop(Request request, Office office) {
        Account account = account(office, request.form().text("id"));
        decisions.count(office.administrator().id() + " " + account.id());
        recoveries.stop(account, office.administrator().id(), request.address());
        return person(office, account);
    }

    private static Reply person(Office office, Account account) {
        return Reply.seeOther(
                "/members/person?id="
                        + account.id()
                        + (office.query().isEmpty() ? "" : "&" + office.query()));
    }

    private Account account(Office office, String id) {
        try {
            return members.find(office.tenant().id(), UUID.fromString(id))
                    .orElseThrow(Problem::notFound);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("id: not an id");
        }
    }

    private static UUID id(Request request) {
        try {
            return UUID.fromString(request.form().text("id"));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("id: not an id");
        }
    }
}
