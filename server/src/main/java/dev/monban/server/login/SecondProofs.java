package dev.monban.server.login;

import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.StepUp;
import dev.monban.server.account.Account;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.LevelNeeds;
import dev.monban.server.factor.Recoveries;
import dev.monban.server.factor.TrustedDevices;
import dev.monban.server.watch.LiveWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Says whether the first proof, a password or what stands in its place, is enough. */
public final class SecondProofs {

    private final Factors factors;
    private final TrustedDevices trustedDevices;
    private final LevelNeeds needs;
    private final Recoveries recoveries;
    private final Challenges challenges;
    private final LiveWatch watch;

    public SecondProofs(
            Factors factors,
            TrustedDevices trustedDevices,
            LevelNeeds needs,
            Recoveries recoveries,
            Challenges challenges,
            LiveWatch watch) {
        this.factors = factors;
        this.trustedDevices = trustedDevices;
        this.needs = needs;
        this.recoveries = recoveries;
        this.challenges = challenges;
        this.watch = watch;
    }

    /**
     * What has to follow.
     *
     * @param asked what is asked for; empty where the first proof is enough
     * @param trusted whether the device stands for the account's second factor
     */
    record Demand(Optional<Asked> asked, boolean trusted) {}

    /**
     * A code.
     *
     * @param shown which code the page asks for
     */
    record Asked(Challenges.Way way, Challenges.Shown shown) {}

    /**
     * @param expired whether the first proof is one that must be replaced
     */
    Demand after(
            LiveWatch.Judgement judgement,
            Login.Visitor visitor,
            Account account,
            First first,
            boolean expired) {
        boolean known = judgement.verdict().reasons().contains(Reason.KNOWN_DEVICE);
        boolean hasFactor = factors.of(account.id()).any();
        boolean suspected = judgement.asksForProof() || judgement.masked();
        boolean trusted =
                hasFactor
                        && !suspected
                        && !expired
                        && visitor.mayRelyOnDevice(account)
                        && recoveries.of(account.id()).isEmpty()
                        && trustedDevices.standsFor(account, visitor.trust());
        // Whoever has the password alone must not be the one who adds the factor that is missing.
        boolean stranger = !known && (expired || needs.lacks(account));
        boolean wanted = (hasFactor && !trusted) || suspected || stranger;
        boolean reached = hasFactor || challenges.reach(account);
        // A wrong password is to look like a right one; who comes from elsewhere has typed none.
        boolean masked = judgement.masked() && first.isPassword();
        if (!wanted || !(reached || (masked && challenges.reachAnybody()))) {
            return new Demand(Optional.empty(), trusted);
        }
        Challenges.Way way = hasFactor ? Challenges.Way.FACTOR : Challenges.Way.MAIL;
        Challenges.Shown shown = masked ? Challenges.Shown.ANY : Challenges.Shown.of(way, first);
        return new Demand(Optional.of(new Asked(way, shown)), trusted);
    }

    /** Asks for it, and writes that the first proof was right. */
    Login.Result.CodeWanted ask(
            Connection connection,
            LiveWatch.Judgement judgement,
            Account account,
            Asked asked,
            First first)
            throws SQLException {
        String token =
                challenges.send(
                        connection,
                        account,
                        asked.way(),
                        asked.shown(),
                        first,
                        Arrivals.known(judgement));
        watch.record(
                connection,
                judgement.withProof(),
                new Attempt(
                        judgement.approach(),
                        new Check(Outcome.ACCEPTED, null, null, null, StepUp.FAILED)));
        return new Login.Result.CodeWanted(token, asked.shown());
    }
}
