package dev.monban.server.oidc;

import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.store.ConsentStore;
import dev.monban.server.oidc.store.GrantStore;
import dev.monban.server.platform.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The clients that have access in a person's name, or were told that they may. */
public final class LinkedClients {

    private final Database database;
    private final Clients clients;
    private final Revocations revocations;
    private final EventLog events;
    private final InstantSource clock;

    public LinkedClients(
            Database database,
            Clients clients,
            Revocations revocations,
            EventLog events,
            InstantSource clock) {
        this.database = database;
        this.clients = clients;
        this.revocations = revocations;
        this.events = events;
        this.clock = clock;
    }

    /**
     * A client, as the person sees it.
     *
     * @param scopes what it has, the usual ones first
     * @param usedAt when it last got a token; {@code null} where none stands
     * @param offline whether it keeps its access after a sign-out
     */
    public record Line(
            String client,
            String name,
            List<String> scopes,
            Instant since,
            @Nullable Instant usedAt,
            boolean offline) {
        public Line {
            scopes = List.copyOf(scopes);
        }
    }

    /** All of them, by name. */
    public List<Line> of(UUID account) {
        Instant now = clock.instant();
        // Names come from a cache that reads by itself: not while a connection is held.
        List<ConsentStore.Given> agreed = database.query(c -> ConsentStore.ofAccount(c, account));
        List<GrantStore.Standing> standing =
                database.query(c -> GrantStore.standing(c, account, now));
        Map<String, Line> byClient = new HashMap<>();
        for (ConsentStore.Given given : agreed) {
            byClient.put(
                    given.client(),
                    new Line(
                            given.client(),
                            name(given.client()),
                            AuthorizeFlow.shownScopes(given.scopes()),
                            given.at(),
                            null,
                            false));
        }
        for (GrantStore.Standing grant : standing) {
            byClient.merge(grant.client(), line(grant), (one, other) -> both(one, other));
        }
        return byClient.values().stream().sorted(Comparator.comparing(Line::name)).toList();
    }

    private Line line(GrantStore.Standing grant) {
        return new Line(
                grant.client(),
                name(grant.client()),
                AuthorizeFlow.shownScopes(grant.scopes()),
                grant.since(),
                grant.usedAt(),
                grant.scopes().contains(Claims.OFFLINE_ACCESS));
    }

    private static Line both(Line one, Line other) {
        TreeSet<String> scopes = new TreeSet<>(one.scopes());
        scopes.addAll(other.scopes());
        return new Line(
                one.client(),
                one.name(),
                AuthorizeFlow.shownScopes(new ArrayList<>(scopes)),
                one.since().isBefore(other.since()) ? one.since() : other.since(),
                other.usedAt(),
                one.offline() || other.offline());
    }

    private String name(String client) {
        return clients.find(client).map(Client::name).orElse(client);
    }

    /** Takes back all that this client has of this person, consent and tokens. */
    public void end(UUID account, String client, String address) {
        database.transact(connection -> {
            boolean agreed = ConsentStore.delete(connection, account, client);
            List<UUID> grants =
                    GrantStore.revokeOfAccountAndClient(
                            connection, account, client, clock.instant());
            for (UUID grant : grants) {
                revocations.revokeGrant(connection, grant);
            }
            if (agreed || !grants.isEmpty()) {
                events.record(
                        connection,
                        Event.of(EventKind.CONSENT_WITHDRAWN)
                                .account(account)
                                .client(client)
                                .address(address)
                                .details(Map.of("grants", grants.size())));
            }
        });
    }
}
