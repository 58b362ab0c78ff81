package dev.monban.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.store.SigningKeyStore;
import dev.monban.server.oidc.store.SigningKeyStore.Stored;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.StoredCodes;
import dev.monban.server.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that sign tokens. Each signs for a season; the next one is published two weeks before it
 * takes over, and each stays published for a month after, so that no client meets a key that it
 * does not have. Private keys rest sealed.
 */
public final class SigningKeys {

    private static final Duration SIGNS = Duration.ofDays(90);
    private static final Duration PUBLISHED_BEFORE = Duration.ofDays(14);

    /** Longer than any token lasts: id_token_hint comes back with tokens of last month too. */
    private static final Duration PUBLISHED_AFTER = Duration.ofDays(30);

    private static final Purpose PURPOSE = Purpose.of("signing key");

    private final Database database;
    private final Vault vault;
    private final InstantSource clock;
    private final EventLog events;
    private volatile List<Key> keys = List.of();

    private record Key(
            Algorithm algorithm,
            JWK jwk,
            JWSSigner signer,
            JWSVerifier verifier,
            Instant signsFrom,
            Instant signsUntil) {}

    public SigningKeys(Database database, Vault vault, InstantSource clock, EventLog events) {
        this.database = database;
        this.vault = vault;
        this.clock = clock;
        this.events = events;
    }

    /** Whether the keys there are were sealed by this vault; empty where there is none. */
    public static Optional<Boolean> sealedBy(Database database, Vault vault) {
        List<Stored> all = database.query(c -> SigningKeyStore.published(c, Instant.EPOCH));
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        all.stream()
                                .anyMatch(key ->
                                        vault.open(PURPOSE, key.privateSealed()).isPresent()));
    }

    /** Makes keys that are due and reads what other nodes made. Asked at start and every minute. */
    public void turn() {
        Instant now = clock.instant();
        List<Stored> stored =
                database.query(connection -> SigningKeyStore.published(connection, now));
        if (isAnyDue(stored, now)) {
            stored = database.transaction(connection -> makeDue(connection, now));
        }
        if (stored.size() != keys.size()
                || !stored.stream().map(Stored::id).allMatch(id -> find(id).isPresent())) {
            keys = stored.stream().flatMap(key -> read(key).stream()).toList();
        }
    }

    /** Signs with the key of this algorithm that is in season. */
    public String sign(Algorithm algorithm, JOSEObjectType type, JWTClaimsSet claims) {
        Instant now = clock.instant();
        Key key =
                keys.stream()
                        .filter(k -> k.algorithm() == algorithm)
                        .filter(k -> !k.signsFrom().isAfter(now) && k.signsUntil().isAfter(now))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no key for " + algorithm));
        JWSHeader header =
                new JWSHeader.Builder(algorithm.jws())
                        .type(type)
                        .keyID(key.jwk().getKeyID())
                        .build();
        SignedJWT jwt = new SignedJWT(header, claims);
        try {
            jwt.sign(key.signer());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    /**
     * The claims of a token of ours of this type, whether or not it has expired; empty for anything
     * else. The key decides the algorithm, not the token (RFC 8725, section 3.1).
     */
    public Optional<JWTClaimsSet> verify(SignedJWT jwt, JOSEObjectType type) {
        JWSHeader header = jwt.getHeader();
        if (header.getKeyID() == null || !type.equals(header.getType())) {
            return Optional.empty();
        }
        Optional<Key> key =
                find(header.getKeyID())
                        .filter(k -> k.algorithm().jws().equals(header.getAlgorithm()));
        try {
            if (key.isPresent() && jwt.verify(key.get().verifier())) {
                return Optional.of(jwt.getJWTClaimsSet());
            }
        } catch (JOSEException | ParseException | IllegalStateException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** The public keys (RFC 7517). */
    public Map<String, Object> published() {
        return new JWKSet(keys.stream().map(Key::jwk).toList()).toJSONObject(true);
    }

    private Optional<Key> find(String id) {
        return keys.stream().filter(key -> key.jwk().getKeyID().equals(id)).findFirst();
    }

    private static boolean isAnyDue(List<Stored> stored, Instant now) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (latest(stored, algorithm).isBefore(now.plus(PUBLISHED_BEFORE))) {
                return true;
            }
        }
        return false;
    }

    private static Instant latest(List<Stored> stored, Algorithm algorithm) {
        return stored.stream()
                .filter(key -> key.algorithm().equals(algorithm.code()))
                .map(Stored::signsUntil)
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
    }

    private List<Stored> makeDue(Connection connection, Instant now) throws SQLException {
        SigningKeyStore.lock(connection);
        List<Stored> stored = SigningKeyStore.published(connection, now);
        for (Algorithm algorithm : Algorithm.values()) {
            Instant until = latest(stored, algorithm);
            if (until.isBefore(now.plus(PUBLISHED_BEFORE))) {
                make(connection, algorithm, until.isBefore(now) ? now : until, now);
            }
        }
        return SigningKeyStore.published(connection, now);
    }

    private void make(Connection connection, Algorithm algorithm, Instant from, Instant now)
            throws SQLException {
        JWK key = Crypto.newKey(algorithm);
        byte[] sealed = vault.seal(PURPOSE, key.toJSONString().getBytes(StandardCharsets.UTF_8));
        SigningKeyStore.insert(
                connection,
                new Stored(
                        key.getKeyID(),
                        algorithm.code(),
                        key.toPublicJWK().toJSONString(),
                        sealed,
                        from,
                        from.plus(SIGNS),
                        from.plus(SIGNS).plus(PUBLISHED_AFTER)),
                now);
        events.record(
                connection,
                Event.of(EventKind.KEY_MADE)
                        .details(
                                Map.of(
                                        "key", key.getKeyID(),
                                        "algorithm", algorithm.code(),
                                        "signs_from", from.toString())));
    }

    /** Empty where a later release signs with an algorithm that this one does not have. */
    private Optional<Key> read(Stored stored) {
        Optional<Algorithm> algorithm =
                StoredCodes.find("Algorithm", stored.algorithm(), Algorithm::ofCode);
        if (algorithm.isEmpty()) {
            return Optional.empty();
        }
        byte[] plain =
                vault.open(PURPOSE, stored.privateSealed())
                        .orElseThrow(() ->
                                new dev.monban.server.platform.BadInput(
                                        "the signing keys in the database were sealed with"
                                                + " another master key; put the master.key"
                                                + " that belongs to this database into the"
                                                + " data folder"));
        try {
            JWK jwk = JWK.parse(new String(plain, StandardCharsets.UTF_8));
            return Optional.of(
                    new Key(
                            algorithm.get(),
                            jwk,
                            Crypto.signer(jwk),
                            Crypto.verifier(jwk),
                            stored.signsFrom(),
                            stored.signsUntil()));
        } catch (ParseException e) {
            throw new IllegalStateException("a sealed key is a key", e);
        }
    }
}
