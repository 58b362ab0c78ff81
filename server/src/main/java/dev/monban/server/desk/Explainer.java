package dev.monban.server.desk;

import dev.monban.core.factor.Recovery;
import dev.monban.core.trouble.Facts;
import dev.monban.core.trouble.Fault;
import dev.monban.core.trouble.Names;
import dev.monban.core.trouble.Why;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Rejection;
import dev.monban.server.account.Identifiers;
import dev.monban.server.desk.store.WhyStore;
import dev.monban.server.factor.Factors;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Gathers what is known of somebody who does not get in, and says why in words. */
public final class Explainer {

    /** What lies longer back explains nothing of today. */
    private static final Duration LOOKED_BACK = Duration.ofDays(60);

    /** People come back from a leave; when they were in last is worth knowing. */
    private static final Duration ENTRIES_BACK = Duration.ofDays(400);

    private static final int MOST_TRIES = 200;
    private static final int MOST_ENTRIES = 10;
    private static final int MOST_CHANGES = 100;

    /** Among so many tries of strangers the owner's own are looked for. */
    private static final int AMONG = 20_000;

    private static final Duration AT_THE_SAME_TIME = Duration.ofHours(1);

    private static final int MOST_OTHERS = 5;
    private static final int MOST_NAMES = 2_000;

    /** So many of the codes that no client has redeemed. */
    private static final int MOST_CODES = 20;

    /** What is told of what was done about an account. */
    private static final List<String> OF_ACCOUNT =
            List.of(
                    "password_changed",
                    "account_declared",
                    "factor_added",
                    "factor_removed",
                    "passkey_cloned",
                    "address_changed",
                    "recovery_begun",
                    "recovery_ended",
                    "device_trust_ended",
                    "session_ended",
                    "sessions_ended",
                    "identity_linked",
                    "identity_unlinked",
                    "consent_denied");

    /** Why many are turned away at the same time; a wrong password is everybody's own. */
    private static final Set<Rejection> OF_MANY =
            EnumSet.of(
                    Rejection.IDP_ERROR,
                    Rejection.ADDRESS_NOT_ALLOWED,
                    Rejection.ACCOUNT_DISABLED,
                    Rejection.PASSWORD_EXPIRED,
                    Rejection.MAIL_BOUNCED);

    private final Database database;
    private final Recovery.Waits waits;
    private final InstantSource clock;

    /**
     * @param waits how long a way back takes
     */
    public Explainer(Database database, Recovery.Waits waits, InstantSource clock) {
        this.database = database;
        this.waits = waits;
        this.clock = clock;
    }

    /**
     * Why somebody does not get in.
     *
     * @param tenant their organisation; empty where the login name leads to no account
     */
    public record Explained(
            String identifier, Optional<UUID> tenant, String name, Why.Answer answer) {}

    /** For whom it is said. */
    public enum Reader {
        /** Whoever runs the gate, at its console. */
        OPERATOR,
        /** Whoever has proof that the owner asks: not that a password is right for another. */
        CALLER,
        /** Anybody else: not how near a wrong password was. */
        ANY
    }

    /** Looks it up. */
    public Explained explain(String typed, Reader reader) {
        String identifier =
                Identifiers.normalise(
                        typed.substring(0, Math.min(typed.length(), Identifiers.MOST_CHARACTERS)));
        return database.query(c -> explain(c, identifier, reader));
    }

    private Explained explain(Connection connection, String identifier, Reader reader)
            throws SQLException {
        Instant now = clock.instant();
        Optional<WhyStore.Owner> owner =
                WhyStore.owner(connection, identifier, Factors.FREE_GUESSES, now);
        Facts facts =
                owner.isPresent()
                        ? facts(connection, identifier, owner.get(), now)
                        : facts(connection, identifier, now);
        return new Explained(
                identifier,
                owner.map(WhyStore.Owner::tenant),
                owner.map(o -> o.name() + " · " + o.tenantName()).orElse(""),
                Why.explain(
                        switch (reader) {
                            case OPERATOR -> facts;
                            case CALLER -> facts.without(Set.of(NearMiss.OTHER_ACCOUNT));
                            case ANY -> facts.without(EnumSet.allOf(NearMiss.class));
                        }));
    }

    /** Of a login name that leads to no account. */
    private Facts facts(Connection connection, String identifier, Instant now) throws SQLException {
        Instant since = now.minus(LOOKED_BACK);
        Optional<Instant> invited = WhyStore.invited(connection, identifier);
        if (invited.isPresent()) {
            Facts.Owner guest =
                    new Facts.Owner(
                            null,
                            false,
                            null,
                            null,
                            invited.get(),
                            0,
                            true,
                            null,
                            null,
                            null,
                            null,
                            null);
            return new Facts(
                    now,
                    identifier,
                    Optional.of(guest),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    List.of());
        }
        List<Facts.Try> tries = WhyStore.triesOfName(connection, identifier, since, MOST_TRIES);
        Optional<String> device =
                tries.stream()
                        .map(Facts.Try::device)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(String.class::cast);
        return new Facts(
                now,
                identifier,
                Optional.empty(),
                nearest(connection, identifier),
                device.isPresent()
                        ? WhyStore.usual(connection, device.get(), since)
                        : Optional.empty(),
                tries,
                List.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private Facts facts(Connection connection, String identifier, WhyStore.Owner owner, Instant now)
            throws SQLException {
        UUID account = owner.account();
        Instant back = now.minus(LOOKED_BACK);
        List<Facts.Try> entries =
                WhyStore.entries(connection, account, now.minus(ENTRIES_BACK), MOST_ENTRIES);
        List<Facts.Try> tries = WhyStore.tries(connection, account, back, MOST_TRIES);
        if (tries.size() == MOST_TRIES && !entries.isEmpty()) {
            tries = withOwn(connection, account, back, tries, entries);
        }
        Instant lastIn = entries.isEmpty() ? back : entries.getFirst().at();
        Optional<Facts.Try> last = Why.latest(tries, entries);
        List<Facts.Change> changes =
                new ArrayList<>(
                        WhyStore.changes(
                                connection,
                                account,
                                OF_ACCOUNT,
                                later(lastIn, back),
                                MOST_CHANGES));
        changes.addAll(WhyStore.refused(connection, account, later(lastIn, back), MOST_CODES));
        List<String> clients =
                Stream.concat(tries.stream(), entries.stream())
                        .map(Facts.Try::client)
                        .filter(Objects::nonNull)
                        .map(String::valueOf)
                        .distinct()
                        .toList();
        changes.addAll(
                WhyStore.around(
                        connection, owner.tenant(), clients, later(lastIn, back), MOST_CHANGES));
        changes.sort(Comparator.comparing(Facts.Change::at).reversed());
        return new Facts(
                now,
                identifier,
                Optional.of(withRecovery(connection, owner)),
                Optional.empty(),
                Optional.empty(),
                tries,
                entries,
                changes,
                last.isPresent()
                        ? WhyStore.blocked(connection, last.get().address(), now)
                        : Optional.empty(),
                last.isPresent() ? others(connection, owner, last.get()) : List.of());
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static List<Facts.Try> withOwn(
            Connection connection,
            UUID account,
            Instant since,
            List<Facts.Try> latest,
            List<Facts.Try> entries)
            throws SQLException {
        List<Facts.Try> own =
                WhyStore.ownTries(
                        connection,
                        account,
                        since,
                        AMONG,
                        entries.stream()
                                .map(Facts.Try::device)
                                .filter(Objects::nonNull)
                                .map(String::valueOf)
                                .distinct()
                                .toList(),
                        entries.stream().map(Facts.Try::address).distinct().toList(),
                        MOST_TRIES);
        return Stream.concat(latest.stream(), own.stream())
                .distinct()
                .sorted(Comparator.comparing(Facts.Try::at).reversed())
                .toList();
    }

    private Facts.Owner withRecovery(Connection connection, WhyStore.Owner owner)
            throws SQLException {
        Facts.Owner o = owner.facts();
        Optional<Instant> from =
                WhyStore.recovery(connection, owner.account())
                        .map(r -> new Recovery(r.begunAt(), r.confirmedAt(), waits))
                        .filter(r -> r.isOpen(clock.instant()))
                        .map(Recovery::from);
        return new Facts.Owner(
                o.disabledAt(),
                o.hasPassword(),
                o.passwordChangedAt(),
                o.passwordKnownAt(),
                o.invitedUntil(),
                o.factors(),
                o.hasMail(),
                o.codesFreeAt(),
                o.bouncedAt(),
                o.levelWantedFrom(),
                o.trustEndedAt(),
                from.orElse(null));
    }

    private static List<String> others(Connection connection, WhyStore.Owner owner, Facts.Try last)
            throws SQLException {
        Rejection why = last.rejection();
        if (why == null || !OF_MANY.contains(why)) {
            return List.of();
        }
        Instant at = last.at();
        return WhyStore.others(
                connection,
                owner.tenant(),
                owner.account(),
                why,
                at.minus(AT_THE_SAME_TIME),
                at.plus(AT_THE_SAME_TIME),
                AMONG,
                MOST_OTHERS);
    }

    /**
     * A login name that there is and that is a slip away: from the same beginning, or the same end.
     */
    private static Optional<String> nearest(Connection connection, String identifier)
            throws SQLException {
        Set<String> names = new HashSet<>();
        for (int kept : List.of(3, 1)) {
            if (identifier.length() > kept) {
                String from = identifier.substring(0, kept);
                String to = from.substring(0, kept - 1) + (char) (from.charAt(kept - 1) + 1);
                names.addAll(WhyStore.names(connection, from, to, MOST_NAMES));
            }
        }
        return names.stream()
                .filter(name -> Names.isSlip(name, identifier))
                .min(
                        Comparator.comparingInt((String name) -> Names.distance(name, identifier))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /**
     * The answer in words.
     *
     * @param first one sentence: what keeps them out
     * @param now what would happen if they tried now
     * @param besides what stands in the way too
     * @param well what was looked at and is well
     * @param since what is different from the last time they were in
     */
    public record InWords(
            String first,
            String now,
            List<String> besides,
            List<String> well,
            List<String> since) {}

    /** Puts it in words. */
    public static InWords inWords(Explained explained, Texts texts, ZoneId zone) {
        Why.Answer answer = explained.answer();
        List<String> since = new ArrayList<>();
        answer.lastIn().ifPresent(at -> since.add(texts.get("why.last_in", texts.time(at, zone))));
        for (Why.Difference difference : answer.differences()) {
            since.add(
                    texts.get(
                            "why.differs." + difference.name().toLowerCase(java.util.Locale.ROOT)));
        }
        answer.changes().stream()
                .limit(MOST_ENTRIES)
                .forEach(change -> since.add(inWords(change, texts, zone)));
        if (!answer.others().isEmpty()) {
            since.add(texts.get("why.others", String.join(", ", answer.others())));
        }
        return new InWords(
                sentence(answer.cause(), texts, zone),
                texts.get(answer.wouldGetIn() ? "why.now.in" : "why.now.out"),
                answer.first().stream().skip(1).map(link -> sentence(link, texts, zone)).toList(),
                answer.ruledOut().stream()
                        .map(Fault.Topic::code)
                        .map(code -> texts.get("why.well." + code))
                        .toList(),
                since);
    }

    private static String inWords(Facts.Change change, Texts texts, ZoneId zone) {
        String what =
                texts.get(
                        "why.change." + change.kind(),
                        Optional.ofNullable(change.client()).orElse(change.detail()));
        return texts.time(change.at(), zone)
                + " "
                + what
                + (change.by() == null ? "" : texts.get("why.change.by", change.by()));
    }

    private static String sentence(Why.Link link, Texts texts, ZoneId zone) {
        Object[] values =
                link.values().stream()
                        .map(value -> value instanceof Instant at ? texts.time(at, zone) : value)
                        .toArray();
        return texts.get("why." + link.fault().code(), values);
    }
}
