package dev.monban.server.oidc;

import dev.monban.server.oidc.store.ClientCallStore;
import dev.monban.server.oidc.store.ClientStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says why a client is refused, and what differs from its last good call, from the database. */
public final class ClientExplainer {

    /** What lies longer back explains nothing of today. */
    private static final Duration LOOKED_BACK = Duration.ofDays(30);

    private static final int MAX_REFUSALS = 500;

    private final Database database;
    private final InstantSource clock;

    public ClientExplainer(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * What is known of a client.
     *
     * @param removedAt since when it is no longer declared; empty while it is
     * @param declaredAt when its declaration last changed
     */
    public record Explained(
            String client,
            String name,
            Optional<Instant> removedAt,
            Instant declaredAt,
            List<ClientWhy.Good> good,
            List<ClientWhy.Cause> causes) {}

    /** Looks it up; empty where no such client was ever declared. */
    public Optional<Explained> explain(String client) {
        return client.isEmpty() || client.length() > Clients.MAX_ID_CHARACTERS
                ? Optional.empty()
                : database.query(connection -> explain(connection, client));
    }

    private Optional<Explained> explain(Connection connection, String client) throws SQLException {
        Optional<ClientStore.Declared> declared = ClientStore.declared(connection, client);
        if (declared.isEmpty()) {
            return Optional.empty();
        }
        List<ClientWhy.Good> good = new ArrayList<>();
        for (ClientCallStore.Good one : ClientCallStore.ofClient(connection, client)) {
            good.add(new ClientWhy.Good(one.kind(), one.at(), facts(one.facts())));
        }
        List<ClientWhy.Refused> refusals = new ArrayList<>();
        Instant since = clock.instant().minus(LOOKED_BACK);
        for (ClientCallStore.Refused one :
                ClientCallStore.refused(connection, client, since, MAX_REFUSALS)) {
            Map<String, String> facts = facts(one.details());
            if (one.address() != null) {
                facts.put(CallFacts.ADDRESS, one.address());
            }
            refusals.add(
                    new ClientWhy.Refused(
                            one.at(),
                            facts.getOrDefault("cause", "?"),
                            facts.getOrDefault("kind", "?"),
                            facts,
                            Long.parseLong(facts.getOrDefault("left_out", "0"))));
        }
        return Optional.of(
                new Explained(
                        client,
                        declared.get().name(),
                        Optional.ofNullable(declared.get().removedAt()),
                        declared.get().changedAt(),
                        good,
                        ClientWhy.explain(good, refusals)));
    }

    private static Map<String, String> facts(String json) {
        try {
            Map<String, String> facts = new HashMap<>();
            Json.object(json).forEach((name, value) -> facts.put(name, String.valueOf(value)));
            return facts;
        } catch (ParseException e) {
            throw new IllegalStateException("the database gives what it was given", e);
        }
    }

    /** Puts it in words: lines, those that belong to one above begin with two spaces. */
    public static List<String> inWords(Explained explained, Texts texts, ZoneId zone) {
        List<String> lines = new ArrayList<>();
        String title = explained.name() + " (" + explained.client() + ")";
        explained
                .removedAt()
                .ifPresent(at ->
                        lines.add(texts.get("client.why.removed", title, texts.time(at, zone))));
        if (explained.causes().isEmpty()) {
            lines.add(texts.get("client.why.nothing", title));
        }
        for (ClientWhy.Cause cause : explained.causes()) {
            lines.add(
                    texts.get(
                            "client.why.refused",
                            title,
                            texts.time(cause.latest().at(), zone),
                            cause.latest().kind(),
                            meaning(cause.latest().cause(), texts)));
            lines.add(
                    "  "
                            + texts.get(
                                    "client.why.seen",
                                    cause.latest().cause(),
                                    cause.times(),
                                    cause.latest().facts().getOrDefault(CallFacts.ADDRESS, "?")));
            lines.addAll(comparison(explained, cause, texts, zone));
        }
        return lines;
    }

    private static List<String> comparison(
            Explained explained, ClientWhy.Cause cause, Texts texts, ZoneId zone) {
        List<String> lines = new ArrayList<>();
        Optional<ClientWhy.Good> good = cause.good();
        if (good.isEmpty()) {
            return List.of("  " + texts.get("client.why.never"));
        }
        lines.add(
                "  "
                        + texts.get(
                                cause.isOver() ? "client.why.over" : "client.why.last_good",
                                good.get().kind(),
                                texts.time(good.get().at(), zone)));
        if (!cause.isOver() && explained.declaredAt().isAfter(good.get().at())) {
            lines.add(
                    "  "
                            + texts.get(
                                    "client.why.declared",
                                    texts.time(explained.declaredAt(), zone)));
        }
        for (ClientWhy.Difference one : cause.differences()) {
            lines.add(
                    "  - "
                            + texts.get(
                                    "client.fact." + one.fact(),
                                    one.before().orElse("–"),
                                    one.now().orElse("–")));
        }
        if (cause.differences().isEmpty()) {
            lines.add("  " + texts.get("client.why.no_difference"));
        }
        return lines;
    }

    /** A code of a later release has no words here. */
    private static String meaning(String cause, Texts texts) {
        return texts.all().getOrDefault("client.cause." + cause, cause);
    }
}
