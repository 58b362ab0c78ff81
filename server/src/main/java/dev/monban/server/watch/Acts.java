package dev.monban.server.watch;

import dev.monban.core.watch.Act;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import dev.monban.server.watch.store.ActStore;
import dev.monban.server.watch.store.CampaignStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Carries out what an administrator decides about a campaign. */
public final class Acts {

    /** Of a campaign with more, the busiest. */
    private static final int MOST_SOURCES = 2_000;

    private static final int MOST_ACCOUNTS = 10_000;

    /** What support does for somebody whose account is throttled. */
    private static final String FORGIVE = "forgive";

    /** How long what is held harmless stays so. */
    private static final Duration HARMLESS_FOR = Duration.ofDays(30);

    /** How long sources may be blocked at the longest. */
    public static final Duration LONGEST_BLOCK = Duration.ofDays(7);

    private final Database database;
    private final Ids ids;
    private final InstantSource clock;
    private final Campaigns campaigns;
    private final Accounts accounts;
    private final Sessions sessions;
    private final EventLog events;

    public Acts(
            Database database,
            Ids ids,
            InstantSource clock,
            Campaigns campaigns,
            Accounts accounts,
            Sessions sessions,
            EventLog events) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.campaigns = campaigns;
        this.accounts = accounts;
        this.sessions = sessions;
        this.events = events;
    }

    /** What can be done about a campaign. */
    public enum Kind {
        /** It is over. */
        END,
        /** Its sources do not pass for a time. */
        BLOCK,
        /** It was no attack. */
        HARMLESS,
        /** Who signs in with a password that the attacker knows must choose another. */
        FORCE_PASSWORDS;

        /** The name in the log and in forms: lower case with underscores. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Who decides it, and from where.
     *
     * @param account the administrator
     */
    public record By(UUID account, String address) {}

    /**
     * An act as the page of its campaign tells of it.
     *
     * @param addresses how many, and {@code accounts}
     */
    public record Told(
            Instant at,
            String kind,
            @Nullable Instant until,
            int addresses,
            int accounts,
            @Nullable String who) {}

    /**
     * Does it.
     *
     * @param block how long sources are blocked; at most {@link #LONGEST_BLOCK}, and only looked at
     *     for a block
     * @return whether there is such a campaign
     */
    public boolean carryOut(Kind kind, UUID campaign, Duration block, By by) {
        return database.transaction(connection -> {
            Optional<CampaignStore.Campaign> found = CampaignStore.byId(connection, campaign);
            if (found.isPresent()) {
                carryOut(connection, kind, found.get(), block, by);
            }
            return found.isPresent();
        });
    }

    private void carryOut(
            Connection connection,
            Kind kind,
            CampaignStore.Campaign campaign,
            Duration block,
            By by)
            throws SQLException {
        Instant now = clock.instant();
        UUID id = campaign.id();
        Instant since = campaign.startedAt();
        boolean sources = kind == Kind.BLOCK || kind == Kind.HARMLESS;
        List<UUID> touched =
                switch (kind) {
                    case HARMLESS -> ActStore.accounts(connection, id, since, MOST_ACCOUNTS);
                    case FORCE_PASSWORDS -> ActStore.known(connection, id, since, MOST_ACCOUNTS);
                    case END, BLOCK -> List.of();
                };
        ActStore.Row act =
                new ActStore.Row(
                        ids.next(),
                        now,
                        kind.code(),
                        id,
                        by.account(),
                        until(kind, now, block),
                        sources ? ActStore.sources(connection, id, since, MOST_SOURCES) : List.of(),
                        touched);
        boolean inserted = ActStore.insert(connection, act);
        assert inserted;
        switch (kind) {
            case END -> campaigns.end(connection, id, now);
            case HARMLESS -> {
                CampaignStore.harmless(connection, id, now);
                campaigns.end(connection, id, now);
            }
            case FORCE_PASSWORDS -> {
                for (UUID account : touched) {
                    accounts.expirePassword(connection, account, now);
                    sessions.endAll(connection, account, SessionEnd.PASSWORD_EXPIRED, by.address());
                }
            }
            case BLOCK -> {
                // The fold does it, on every node.
            }
        }
        events.record(
                connection,
                Event.of(EventKind.CAMPAIGN_ACT)
                        .account(by.account())
                        .address(by.address())
                        .details(
                                Map.of(
                                        "campaign", id.toString(),
                                        "act", kind.code(),
                                        "sources", act.addresses().size(),
                                        "accounts", touched.size())));
    }

    private static @Nullable Instant until(Kind kind, Instant now, Duration block) {
        return switch (kind) {
            case BLOCK -> now.plus(block.compareTo(LONGEST_BLOCK) > 0 ? LONGEST_BLOCK : block);
            case HARMLESS -> now.plus(HARMLESS_FOR);
            case END, FORCE_PASSWORDS -> null;
        };
    }

    /**
     * What was guessed at this account from these places is forgotten: its owner is stuck, and has
     * shown who they are.
     */
    public void forgive(Connection connection, UUID account, List<String> addresses, By by)
            throws SQLException {
        boolean inserted =
                ActStore.insert(
                        connection,
                        new ActStore.Row(
                                ids.next(),
                                clock.instant(),
                                FORGIVE,
                                null,
                                by.account(),
                                null,
                                addresses,
                                List.of(account)));
        assert inserted;
    }

    /** What was decided about a campaign, the oldest first. */
    public List<Told> told(Connection connection, UUID campaign) throws SQLException {
        return ActStore.ofCampaign(connection, campaign);
    }

    /** The same for the fold; empty where it has nothing to learn. */
    static Optional<Act> inFold(ActStore.Row row, long campaign) {
        Instant until = row.until() == null ? row.at() : row.until();
        return switch (row.kind()) {
            case FORGIVE ->
                    Optional.of(
                            new Act.Forgive(
                                    row.at(),
                                    row.accounts().stream().map(UUID::toString).toList(),
                                    row.addresses()));
            case "end" -> Optional.of(new Act.End(row.at(), campaign));
            case "block" -> Optional.of(new Act.Block(row.at(), row.addresses(), until));
            case "harmless" ->
                    Optional.of(
                            new Act.Harmless(
                                    row.at(),
                                    campaign,
                                    row.addresses(),
                                    row.accounts().stream().map(UUID::toString).toList(),
                                    until));
            // force_passwords, and what a later release decides: nothing for the fold to learn.
            default -> Optional.empty();
        };
    }
}
