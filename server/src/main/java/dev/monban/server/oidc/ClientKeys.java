package dev.monban.server.oidc;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of clients: those declared, or those behind a {@code jwks_uri}, which are fetched
 * when they are needed and remembered. One fetch at a time for each address, on a thread of its
 * own, and none sooner than {@link #MIN_BETWEEN} after the last one, whatever key ids strangers
 * make up. Who comes with a key that is known never waits for a fetch.
 */
public final class ClientKeys {

    private static final Logger LOG = Logger.getLogger(ClientKeys.class.getName());

    /** Keys are fetched anew after this, while those at hand go on to be used. */
    static final Duration FRESH = Duration.ofMinutes(10);

    /** From the beginning of one fetch to that of the next, also where a key is not known. */
    static final Duration MIN_BETWEEN = Duration.ofSeconds(30);

    /** So long the last keys are used where no fetch succeeds. */
    static final Duration KEPT_IN_OUTAGE = Duration.ofHours(24);

    /** So long a request waits for a fetch that it needs. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    /** Keys of one client; more are no key set but a mistake. */
    private static final int MAX_KEYS = 50;

    /** Addresses that are remembered: as many as clients can be declared. */
    private static final int MAX_ADDRESSES = 1_000;

    private final KeySetFetch fetch;
    private final InstantSource clock;
    private final Map<URI, Remote> remotes = new ConcurrentHashMap<>();

    public ClientKeys(KeySetFetch fetch, InstantSource clock) {
        this.fetch = fetch;
        this.clock = clock;
    }

    /**
     * The keys of the client that a signature with this header may come from.
     *
     * @return none where the client has no such key
     * @throws OAuthError where they cannot be known, as no fetch succeeds
     */
    public List<JWK> find(Client client, JWSHeader header) {
        JWKSelector selector = new JWKSelector(JWKMatcher.forJWSHeader(header));
        String uri = client.jwksUri();
        if (uri == null) {
            return selector.select(client.keys());
        }
        if (remotes.size() >= MAX_ADDRESSES) {
            // Clients come and go in years of running; what is still in use is fetched again.
            remotes.clear();
        }
        return remotes.computeIfAbsent(URI.create(uri), u -> new Remote(u, client.id()))
                .find(selector);
    }

    /** What is known of one address. */
    private final class Remote {

        private final URI uri;
        private final String client;
        private @Nullable JWKSet keys;
        private Instant fetchedAt = Instant.MIN;
        private Instant triedAt = Instant.MIN;
        private @Nullable CompletableFuture<?> running;

        Remote(URI uri, String client) {
            this.uri = uri;
            this.client = client;
        }

        List<JWK> find(JWKSelector selector) {
            List<JWK> found = known(selector);
            if (!found.isEmpty()) {
                if (isOlder(fetchedAt, FRESH)) {
                    begin();
                }
                return found;
            }
            begin().ifPresent(this::await);
            found = known(selector);
            if (found.isEmpty() && !hasKeys()) {
                throw OAuthError.invalidClient(RefusalCause.ASSERTION_KEYS_UNREACHABLE);
            }
            return found;
        }

        private synchronized boolean hasKeys() {
            return keys != null && !isOlder(fetchedAt, KEPT_IN_OUTAGE);
        }

        private synchronized List<JWK> known(JWKSelector selector) {
            return keys == null || isOlder(fetchedAt, KEPT_IN_OUTAGE)
                    ? List.of()
                    : selector.select(keys);
        }

        private boolean isOlder(Instant at, Duration age) {
            return at.equals(Instant.MIN) || !at.plus(age).isAfter(clock.instant());
        }

        /** The fetch that runs now, or one that is begun where its time has come. */
        private synchronized Optional<CompletableFuture<?>> begin() {
            if (running == null && isOlder(triedAt, MIN_BETWEEN)) {
                triedAt = clock.instant();
                CompletableFuture<Void> begun = new CompletableFuture<>();
                running = begun;
                Thread.ofVirtual()
                        .name("keys of " + client)
                        .start(() -> {
                            try {
                                fetched(read(fetch.fetch(client, uri)), null);
                            } catch (IOException | ParseException | RuntimeException e) {
                                fetched(null, e);
                            } finally {
                                begun.complete(null);
                            }
                        });
            }
            return Optional.ofNullable(running);
        }

        private synchronized void fetched(@Nullable JWKSet set, @Nullable Exception failure) {
            running = null;
            if (set != null) {
                keys = set;
                fetchedAt = clock.instant();
                return;
            }
            LOG.warning(
                    "the keys of client "
                            + client
                            + " cannot be fetched from its jwksUri: "
                            + (failure == null ? "" : CallFacts.printable(failure.toString()))
                            + (keys == null ? "" : "; those of " + fetchedAt + " are used"));
        }

        private void await(CompletableFuture<?> fetching) {
            try {
                fetching.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.fine("a client waits for its own keys");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Public keys alone: what was published by mistake is not kept. */
    private static JWKSet read(byte[] document) throws ParseException {
        JWKSet set = JWKSet.parse(new String(document, StandardCharsets.UTF_8)).toPublicJWKSet();
        if (set.isEmpty() || set.size() > MAX_KEYS) {
            throw new ParseException("it has " + set.size() + " public keys", 0);
        }
        return set;
    }
}
