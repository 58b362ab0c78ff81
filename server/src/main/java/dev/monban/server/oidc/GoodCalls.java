package dev.monban.server.oidc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.monban.server.oidc.store.ClientCallStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what the last good call of each client looked like, one for each kind of call, so that
 * a later refusal can be compared with it.
 */
public final class GoodCalls {

    private static final Logger LOG = Logger.getLogger(GoodCalls.class.getName());

    /** A call that looks like the last one is written again after this. */
    private static final Duration WRITTEN_AGAIN = Duration.ofMinutes(1);

    /** Where several programs share a client, their calls differ; each node writes no faster. */
    private static final Duration MIN_BETWEEN = Duration.ofSeconds(5);

    /** Clients times kinds of calls; what is forgotten is written once more than it need be. */
    private static final int REMEMBERED = 10_000;

    private final Database database;
    private final InstantSource clock;
    private final Cache<Key, Written> last = Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    private record Key(String client, String kind) {}

    private record Written(Instant at, Map<String, String> facts) {}

    public GoodCalls(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Remembers a call that was answered as the client wanted. */
    public void record(Request request, ClientAuthenticator.Proven proven) {
        record(request, proven, Map.of());
    }

    /**
     * The same.
     *
     * @param known facts that the request alone does not tell
     */
    public void record(
            Request request, ClientAuthenticator.Proven proven, Map<String, String> known) {
        Map<String, String> facts = new LinkedHashMap<>(CallFacts.of(request));
        number(facts, CallFacts.SECRET, proven.secret());
        if (proven.key() != null) {
            facts.put(CallFacts.KEY, CallFacts.printable(proven.key()));
        }
        facts.putAll(known);
        Key key = new Key(proven.client().id(), CallFacts.kind(request));
        Instant now = clock.instant();
        Written before = last.getIfPresent(key);
        if (before != null) {
            Duration wait = before.facts().equals(facts) ? WRITTEN_AGAIN : MIN_BETWEEN;
            if (before.at().plus(wait).isAfter(now)) {
                return;
            }
        }
        last.put(key, new Written(now, facts));
        try {
            database.query(connection -> {
                ClientCallStore.put(connection, key.client(), key.kind(), now, facts);
                return Boolean.TRUE;
            });
        } catch (Database.DatabaseFailed e) {
            // The call was good and is answered; the next one is written.
            last.invalidate(key);
            LOG.log(Level.WARNING, "a good call of client " + key.client() + " is not kept", e);
        }
        if (before != null && changed(before.facts(), facts, CallFacts.SECRET)) {
            LOG.info(
                    "client "
                            + key.client()
                            + " proves itself by its secret number "
                            + facts.get(CallFacts.SECRET)
                            + " now; before it was number "
                            + before.facts().get(CallFacts.SECRET));
        }
    }

    private static void number(
            Map<String, String> facts, String name, @Nullable Integer generation) {
        if (generation != null) {
            facts.put(name, Integer.toString(generation));
        }
    }

    private static boolean changed(
            Map<String, String> before, Map<String, String> now, String name) {
        return before.containsKey(name)
                && now.containsKey(name)
                && !String.valueOf(before.get(name)).equals(now.get(name));
    }
}
