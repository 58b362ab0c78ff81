package dev.monban.server.oidc;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.monban.server.oidc.store.ClientStore;
import dev.monban.server.platform.Database;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds clients, as they were declared at most a second ago. */
public final class Clients {

    /** Ids that nobody declared are remembered too, so that guessing them costs no query each. */
    private static final int REMEMBERED = 10_000;

    private static final Duration STALE_AFTER = Duration.ofSeconds(1);

    /** Longer ids are declared by nobody. */
    static final int MAX_ID_CHARACTERS = 100;

    private final LoadingCache<String, Optional<Client>> recent;
    private final LoadingCache<Boolean, List<String>> origins;

    public Clients(Database database) {
        this.recent =
                Caffeine.newBuilder()
                        .maximumSize(REMEMBERED)
                        .expireAfterWrite(STALE_AFTER)
                        .build(id -> database.query(c -> ClientStore.byId(c, id)));
        this.origins =
                Caffeine.newBuilder()
                        .expireAfterWrite(STALE_AFTER)
                        .build(all ->
                                database.query(ClientStore::allIds).stream()
                                        .map(recent::get)
                                        .flatMap(Optional::stream)
                                        .flatMap(client -> client.origins().stream())
                                        .distinct()
                                        .toList());
    }

    public Optional<Client> find(String id) {
        if (id.isEmpty() || id.length() > MAX_ID_CHARACTERS) {
            return Optional.empty();
        }
        return recent.get(id);
    }

    /** Whether browsers on pages of this origin call the token endpoints for any client. */
    public boolean knowsOrigin(String origin) {
        return origins.get(true).contains(origin);
    }
}
