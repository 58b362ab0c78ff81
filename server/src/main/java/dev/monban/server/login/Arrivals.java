package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Step;
import dev.monban.server.account.Account;
import dev.monban.server.account.FederatedIdentities;
import dev.monban.server.account.Identifiers;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Networks;
import dev.monban.server.platform.UserAgents;
import dev.monban.server.session.Sessions;
import dev.monban.server.watch.LiveWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all ways of signing in have in common: how an attempt begins, and how it ends well. */
public final class Arrivals {

    private final Sessions sessions;
    private final LiveWatch watch;
    private final Networks networks;
    private final FederatedIdentities identities;
    private final Notices notices;
    private final Ids ids;
    private final InstantSource clock;

    public Arrivals(
            Sessions sessions,
            LiveWatch watch,
            Networks networks,
            FederatedIdentities identities,
            Notices notices,
            Ids ids,
            InstantSource clock) {
        this.sessions = sessions;
        this.watch = watch;
        this.networks = networks;
        this.identities = identities;
        this.notices = notices;
        this.ids = ids;
        this.clock = clock;
    }

    /** Has the watch judge an attempt without a password. */
    LiveWatch.Judgement judge(
            Login.Visitor visitor, String identifier, Optional<Account> account, Step step) {
        return watch.judge(approach(visitor, identifier, account, step, null, false));
    }

    /** What fails is in flight no more. */
    <T> T inFlight(LiveWatch.Judgement judgement, Supplier<T> work) {
        try {
            T result = work.get();
            watch.committed();
            return result;
        } catch (RuntimeException e) {
            watch.giveUp(judgement);
            throw e;
        }
    }

    /** The attempt's id, where the account, or its house, knows who makes it. */
    static @Nullable UUID known(LiveWatch.Judgement judgement) {
        return judgement.familiar() ? UUID.fromString(judgement.approach().id()) : null;
    }

    /** Starts the session, and writes that it came to that. */
    Sessions.Started arrive(
            Connection connection,
            LiveWatch.Judgement judgement,
            Login.Visitor visitor,
            Account account,
            Set<AuthenticationMethod> proofs)
            throws SQLException {
        return arrive(connection, judgement, visitor, account, proofs, clock.instant());
    }

    /**
     * The same.
     *
     * @param provedAt when the person proved who they are
     */
    Sessions.Started arrive(
            Connection connection,
            LiveWatch.Judgement judgement,
            Login.Visitor visitor,
            Account account,
            Set<AuthenticationMethod> proofs,
            Instant provedAt)
            throws SQLException {
        Sessions.Started started = start(connection, visitor, account, proofs, provedAt);
        watch.record(connection, judgement, accepted(judgement.approach(), visitor, started));
        boolean first = judgement.verdict().reasons().contains(Reason.FIRST_SIGN_IN);
        if (judgement.novel() && !first) {
            notices.put(
                    connection,
                    account,
                    "new_place",
                    clock.instant(),
                    UserAgents.name(visitor.userAgent().orElse(null)),
                    visitor.address());
        }
        return started;
    }

    /**
     * Links whoever came by their organisation's identity provider to their account there.
     *
     * @return false where one of them is another's already
     */
    boolean link(Connection connection, First first, Account account) throws SQLException {
        if (first.issuer() == null || first.subject() == null) {
            return true;
        }
        FederatedIdentities.Identity identity =
                new FederatedIdentities.Identity(account.tenant(), first.issuer(), first.subject());
        return switch (identities.link(connection, identity, account.id())) {
            case THEIRS -> true;
            case ANOTHERS -> false;
            case NEW -> {
                notices.put(connection, account, "identity_linked", first.issuer());
                yield true;
            }
        };
    }

    /**
     * A success that starts no session.
     *
     * @param known whether the device that gave the proof is known from now on
     */
    Attempt proved(Approach a, Login.Visitor visitor, Step step, boolean known) {
        String device = known ? visitor.deviceToBe() : null;
        return new Attempt(
                a.withSecret(null, false).atStep(step).given(device, null), Check.accepted());
    }

    private Sessions.Started start(
            Connection connection,
            Login.Visitor visitor,
            Account account,
            Set<AuthenticationMethod> proofs,
            Instant provedAt)
            throws SQLException {
        return sessions.start(
                connection,
                account.id(),
                visitor.before(),
                proofs,
                provedAt,
                visitor.address(),
                visitor.userAgent());
    }

    Approach approach(
            Login.Visitor visitor,
            String identifier,
            Optional<Account> account,
            Step step,
            @Nullable String tag,
            boolean commonSecret) {
        Networks.Origin origin = networks.origin(visitor.address());
        Approach approach =
                new Approach(
                        ids.next().toString(),
                        clock.instant(),
                        account.map(Account::tenant).map(UUID::toString).orElse(null),
                        limitedName(identifier),
                        account.map(Account::id).map(UUID::toString).orElse(null),
                        visitor.address(),
                        origin.network(),
                        origin.country(),
                        visitor.userAgent().orElse(null),
                        visitor.device(),
                        visitor.client(),
                        step,
                        tag,
                        commonSecret,
                        null);
        return visitor.source().isShared() ? approach.fromShared() : approach;
    }

    /** The attempt with the session and the device cookie that it was given. */
    private static Attempt accepted(Approach a, Login.Visitor visitor, Sessions.Started started) {
        String session = started.session().id().toString();
        return new Attempt(a.given(visitor.deviceToBe(), session), Check.accepted());
    }

    static String limitedName(String identifier) {
        return identifier.substring(0, Math.min(identifier.length(), Identifiers.MOST_CHARACTERS));
    }
}
