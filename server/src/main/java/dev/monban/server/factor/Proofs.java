package dev.monban.server.factor;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import dev.monban.server.account.Account;
import dev.monban.server.session.Session;
import java.util.Optional;

/** What somebody who is signed in has still to prove before they may see or change something. */
public final class Proofs {

    private static final String AGAIN = "/login?again=1";

    private final Factors factors;
    private final LevelNeeds needs;

    public Proofs(Factors factors, LevelNeeds needs) {
        this.factors = factors;
        this.needs = needs;
    }

    /**
     * What is missing for a page where people look after others: what their organisation wants, the
     * second factor where there is one, and a fresh proof for whatever is changed.
     *
     * @param changes whether something is to be changed
     * @return where it can be given; empty where nothing is missing
     */
    public Optional<String> missing(Account account, Session session, boolean changes) {
        LevelNeed need = needs.of(account, session);
        if (need instanceof LevelNeed.Enrol) {
            return Optional.of("/account");
        }
        if (!need.letsIn()) {
            return Optional.of("/login?why=organisation_asks");
        }
        boolean proved =
                changes
                        ? factors.isFresh(session)
                        : session.level().satisfies(AssuranceLevel.AAL2)
                                || !factors.of(account.id()).any();
        return proved ? Optional.empty() : Optional.of(AGAIN);
    }
}
