package dev.monban.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.monban.server.oidc.store.ClientSecretStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Vault;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which client sends a request, and makes it prove that (RFC 6749, section 2.3; OpenID
 * Connect Core 1.0, section 9). A client proves itself in the one way that it was declared with.
 */
public final class ClientAuthenticator {

    private static final Purpose CLIENT_SECRET = Purpose.of("client secret");

    private static final Logger LOG = Logger.getLogger(ClientAuthenticator.class.getName());

    private static final String ASSERTION_TYPE =
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /**
     * From now to the expiry of an assertion. Google's libraries make them for an hour; the clock
     * of a client may be a minute ahead.
     */
    public static final Duration MAX_ASSERTION = Duration.ofMinutes(61);

    /** By so much the clock of a client may be wrong. */
    public static final Duration SKEW = Duration.ofSeconds(60);

    /** Characters of a {@code jti}. */
    private static final int MAX_ID_CHARACTERS = 512;

    private static final Set<JWSAlgorithm> ASSERTION_ALGORITHMS =
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.PS256, JWSAlgorithm.RS256);

    private final String issuer;
    private final Clients clients;
    private final ClientKeys keys;
    private final Vault vault;
    private final UsedAssertions used;
    private final Database database;
    private final RateLimit failures;
    private final RateLimit unproven;
    private final InstantSource clock;

    /**
     * @param failures how often a source may fail
     * @param unproven how often a source may come for a client that proves nothing
     */
    public ClientAuthenticator(
            String issuer,
            Clients clients,
            ClientKeys keys,
            Vault vault,
            UsedAssertions used,
            Database database,
            RateLimit failures,
            RateLimit unproven,
            InstantSource clock) {
        this.issuer = issuer;
        this.clients = clients;
        this.keys = keys;
        this.vault = vault;
        this.used = used;
        this.database = database;
        this.failures = failures;
        this.unproven = unproven;
        this.clock = clock;
    }

    /**
     * A client that has shown who it is.
     *
     * @param secret generation of the secret that it proved itself by; {@code null} where by none
     * @param key id of the key that it proved itself by; {@code null} where by none
     */
    public record Proven(Client client, @Nullable Integer secret, @Nullable String key) {}

    /** The keyed hash under which a client's secret rests, in hexadecimal digits. */
    public static String secretTag(Vault vault, String secret) {
        return HexFormat.of().formatHex(vault.tag(CLIENT_SECRET, secret));
    }

    /**
     * The client that sends this.
     *
     * @throws OAuthError {@code invalid_client} where it is none, or does not prove it; {@code
     *     invalid_request} where it tries in two ways at once. Its cause says what was wrong; its
     *     answer does not
     */
    public Proven authenticate(Request request, Parameters form) {
        failures.require(request);
        Proven proven;
        try {
            proven = check(request, form);
        } catch (OAuthError e) {
            failures.count(request);
            throw e;
        }
        if (proven.client().isPublic()) {
            // Anybody can name it.
            unproven.count(request);
        }
        request.known();
        return proven;
    }

    private Proven check(Request request, Parameters form) {
        List<String> headers = request.headers("Authorization");
        Optional<String> basic =
                headers.stream().filter(ClientAuthenticator::startsWithBasic).findFirst();
        boolean post = form.get("client_secret").isPresent();
        boolean assertion = form.get("client_assertion").isPresent();
        // RFC 6749, section 2.3: no more than one method in each request.
        if (headers.size() > 1
                || (basic.isPresent() ? 1 : 0) + (post ? 1 : 0) + (assertion ? 1 : 0) > 1) {
            throw OAuthError.invalidRequest(
                            "prove the client in one way, not in several (RFC 6749, section 2.3)")
                    .because(RefusalCause.PROVED_TWICE);
        }
        if (basic.isPresent()) {
            Credentials sent = credentials(basic.get());
            if (form.get("client_id").isPresent() && !form.text("client_id").equals(sent.id())) {
                throw refused(RefusalCause.CLIENT_ID_MISMATCH);
            }
            return bySecret(sent.id(), sent.secrets());
        }
        if (post) {
            return bySecret(form.text("client_id"), spellings(form.text("client_secret")));
        }
        if (assertion) {
            return byAssertion(form);
        }
        Client client = find(form.text("client_id"));
        if (!client.isPublic()) {
            throw refused(RefusalCause.PROOF_MISSING);
        }
        return new Proven(client, null, null);
    }

    private Client find(String id) {
        if (id.isEmpty()) {
            throw refused(RefusalCause.CLIENT_MISSING);
        }
        return clients.find(id).orElseThrow(() -> refused(RefusalCause.UNKNOWN_CLIENT));
    }

    /**
     * Compares each spelling with each secret, and always all of them, so that the time tells
     * nothing of which one was near.
     */
    private Proven bySecret(String id, List<String> spellings) {
        Client client = find(id);
        if (client.proof() != Client.Proof.CLIENT_SECRET) {
            throw refused(RefusalCause.WRONG_METHOD);
        }
        List<String> tags = spellings.stream().map(s -> secretTag(vault, s)).toList();
        Integer matched = null;
        for (Client.Secret secret : client.secrets()) {
            for (String tag : tags) {
                boolean equal =
                        MessageDigest.isEqual(
                                tag.getBytes(StandardCharsets.US_ASCII),
                                secret.tag().getBytes(StandardCharsets.US_ASCII));
                matched = equal ? Integer.valueOf(secret.generation()) : matched;
            }
        }
        if (matched == null) {
            boolean removed =
                    database.query(c -> ClientSecretStore.removed(c, client.id(), tags))
                            .isPresent();
            throw refused(removed ? RefusalCause.REMOVED_SECRET : RefusalCause.WRONG_SECRET);
        }
        return new Proven(client, matched, null);
    }

    /** RFC 7523, section 3. */
    private Proven byAssertion(Parameters form) {
        String text = form.text("client_assertion");
        if (!form.text("client_assertion_type").equals(ASSERTION_TYPE)
                || text.length() > CallFacts.MAX_ASSERTION_CHARACTERS) {
            throw refused(RefusalCause.ASSERTION_UNREADABLE);
        }
        try {
            SignedJWT assertion = SignedJWT.parse(text);
            JWTClaimsSet claims = assertion.getJWTClaimsSet();
            String subject = String.valueOf(claims.getSubject());
            if (!form.get("client_id").orElse(subject).equals(subject)) {
                throw refused(RefusalCause.CLIENT_ID_MISMATCH);
            }
            Client client = find(subject);
            if (client.proof() != Client.Proof.PRIVATE_KEY_JWT) {
                throw refused(RefusalCause.WRONG_METHOD);
            }
            checkClaims(client, claims, assertion.getPayload().toJSONObject());
            String key = checkSignature(client, assertion);
            checkFirstUse(client, claims);
            return new Proven(client, null, key);
        } catch (ParseException | IllegalArgumentException e) {
            throw refused(RefusalCause.ASSERTION_UNREADABLE);
        }
    }

    private void checkClaims(Client client, JWTClaimsSet claims, Map<String, Object> raw) {
        Instant now = clock.instant();
        if (!client.id().equals(claims.getIssuer())) {
            throw refused(RefusalCause.ASSERTION_ISSUER);
        }
        if (!isAudience(client, raw.get("aud"))) {
            throw refused(RefusalCause.ASSERTION_AUDIENCE);
        }
        if (claims.getExpirationTime() == null
                || !claims.getExpirationTime().toInstant().plus(SKEW).isAfter(now)) {
            throw refused(RefusalCause.ASSERTION_EXPIRED);
        }
        if (claims.getExpirationTime().toInstant().isAfter(now.plus(MAX_ASSERTION))) {
            throw refused(RefusalCause.ASSERTION_TOO_LONG);
        }
        if (Stream.of(
                        Optional.ofNullable(claims.getNotBeforeTime()),
                        Optional.ofNullable(claims.getIssueTime()))
                .flatMap(Optional::stream)
                .anyMatch(time -> time.toInstant().isAfter(now.plus(SKEW)))) {
            throw refused(RefusalCause.ASSERTION_NOT_YET_GOOD);
        }
        String id = claims.getJWTID();
        if (id == null || id.isBlank() || id.length() > MAX_ID_CHARACTERS) {
            throw refused(RefusalCause.ASSERTION_WITHOUT_ID);
        }
    }

    /**
     * The issuer alone, as a string: what names more than one place could be used at another (RFC
     * 9700, section 4.4; FAPI 2.0 Security Profile, section 5.3.2.1). A client may be declared to
     * name the token endpoint, as RFC 7523 proposed; that, too, alone.
     */
    private boolean isAudience(Client client, @Nullable Object audience) {
        Object one =
                client.tokenEndpointAudience() && audience instanceof List<?> all && all.size() == 1
                        ? all.getFirst()
                        : audience;
        return issuer.equals(one)
                || (client.tokenEndpointAudience() && (issuer + "/token").equals(one));
    }

    private String checkSignature(Client client, SignedJWT assertion) {
        if (!ASSERTION_ALGORITHMS.contains(assertion.getHeader().getAlgorithm())) {
            throw refused(RefusalCause.ASSERTION_ALGORITHM);
        }
        List<JWK> candidates = keys.find(client, assertion.getHeader());
        if (candidates.isEmpty()) {
            throw refused(RefusalCause.ASSERTION_KEY_UNKNOWN);
        }
        for (JWK candidate : candidates) {
            try {
                if (candidate instanceof AsymmetricJWK key
                        && assertion.verify(
                                new DefaultJWSVerifierFactory()
                                        .createJWSVerifier(
                                                assertion.getHeader(), key.toPublicKey()))) {
                    return String.valueOf(candidate.getKeyID());
                }
            } catch (JOSEException e) {
                LOG.fine("a key of client " + client.id() + " cannot be used");
            }
        }
        throw refused(RefusalCause.ASSERTION_SIGNATURE);
    }

    /** Remembered as long as the assertion would be taken, on all nodes alike. */
    private void checkFirstUse(Client client, JWTClaimsSet claims) {
        boolean first =
                used.use(
                        "assertion " + client.id() + " " + claims.getJWTID(),
                        claims.getExpirationTime().toInstant().plus(SKEW).plus(SKEW));
        if (!first) {
            throw refused(RefusalCause.ASSERTION_REPLAYED);
        }
    }

    /**
     * The client that a request means, for the log. It may have proved nothing.
     *
     * @return what the request says, of any length; empty where it names none
     */
    public static String named(Request request) {
        try {
            Optional<String> basic =
                    request.headers("Authorization").stream()
                            .filter(ClientAuthenticator::startsWithBasic)
                            .findFirst();
            if (basic.isPresent()) {
                return credentials(basic.get()).id();
            }
            Parameters parameters = request.parameters();
            String assertion = parameters.text("client_assertion");
            if (parameters.get("client_id").isPresent()
                    || assertion.isEmpty()
                    || assertion.length() > CallFacts.MAX_ASSERTION_CHARACTERS) {
                return parameters.text("client_id");
            }
            return String.valueOf(SignedJWT.parse(assertion).getJWTClaimsSet().getSubject());
        } catch (OAuthError | Problem | ParseException | IllegalArgumentException e) {
            return "";
        }
    }

    private static OAuthError refused(RefusalCause cause) {
        return OAuthError.invalidClient(cause);
    }

    /**
     * What the header says.
     *
     * @param secrets the spellings that the secret may have been sent in
     */
    private record Credentials(String id, List<String> secrets) {}

    private static boolean startsWithBasic(String header) {
        return header.regionMatches(true, 0, "Basic ", 0, "Basic ".length());
    }

    /**
     * RFC 6749, section 2.3.1, has each part form-encoded before they are joined; {@code curl -u}
     * and many libraries send the secret as it is. Both are spellings of the same secret.
     */
    private static Credentials credentials(String header) {
        String text;
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(header.substring("Basic ".length()).strip());
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded)).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw refused(RefusalCause.PROOF_UNREADABLE);
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw refused(RefusalCause.PROOF_UNREADABLE);
        }
        String id = text.substring(0, colon);
        String secret = text.substring(colon + 1);
        return new Credentials(
                decoded(id).orElse(id),
                Stream.concat(Stream.of(secret), decoded(secret).stream()).distinct().toList());
    }

    private static Optional<String> decoded(String part) {
        try {
            return part.indexOf('&') >= 0
                    ? Optional.empty()
                    : Optional.of(Parameters.parse("x=" + part).text("x"));
        } catch (Parameters.Malformed e) {
            return Optional.empty();
        }
    }

    /** The same in a form: a plus sign that was not encoded arrives as a space. */
    private static List<String> spellings(String secret) {
        return Stream.of(secret, secret.replace(' ', '+')).distinct().toList();
    }
}
