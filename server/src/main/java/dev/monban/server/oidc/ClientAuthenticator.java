package dev.monban.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.auth.verifier.ClientAuthenticationVerifier;
import com.nimbusds.oauth2.sdk.auth.verifier.ClientCredentialsSelector;
import com.nimbusds.oauth2.sdk.auth.verifier.Context;
import com.nimbusds.oauth2.sdk.auth.verifier.InvalidClientException;
import com.nimbusds.oauth2.sdk.auth.verifier.JWTAudienceCheck;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.id.ClientID;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Vault;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;

/**
 * Finds out which client sends a request, and makes it prove that (RFC 6749, section 2.3; OpenID
 * Connect Core 1.0, section 9). A client proves itself in the one way that it was declared with.
 */
public final class ClientAuthenticator {

    private static final Purpose CLIENT_SECRET = Purpose.of("client secret");

    private static final Logger LOG = Logger.getLogger(ClientAuthenticator.class.getName());

    private static final String ASSERTION_TYPE =
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /** Assertions are made for the moment; one good for longer is refused. */
    private static final long ASSERTION_MOST_SECONDS = 300;

    private static final Set<JWSAlgorithm> ASSERTION_ALGORITHMS =
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.PS256, JWSAlgorithm.RS256);

    private final Clients clients;
    private final Vault vault;
    private final UsedAssertions used;
    private final EventLog events;
    private final RateLimit failures;
    private final RateLimit unproven;
    private final ClientAuthenticationVerifier<Client> assertions;

    /**
     * @param failures how often a source may fail
     * @param unproven how often a source may come for a client that proves nothing
     */
    public ClientAuthenticator(
            String issuer,
            Clients clients,
            Vault vault,
            UsedAssertions used,
            EventLog events,
            RateLimit failures,
            RateLimit unproven) {
        this.clients = clients;
        this.vault = vault;
        this.used = used;
        this.events = events;
        this.failures = failures;
        this.unproven = unproven;
        this.assertions =
                new ClientAuthenticationVerifier<>(
                        new KeysOfClient(),
                        null,
                        new LinkedHashSet<>(
                                Audience.create(issuer, issuer + "/token", issuer + "/par")),
                        JWTAudienceCheck.LEGACY,
                        null,
                        ASSERTION_MOST_SECONDS);
    }

    /** The keyed hash under which a client's secret rests. */
    public static byte[] secretTag(Vault vault, String secret) {
        return vault.tag(CLIENT_SECRET, secret);
    }

    /**
     * The client that sends this.
     *
     * @throws OAuthError {@code invalid_client} where it is none, or does not prove it; {@code
     *     invalid_request} where it tries in two ways at once
     */
    public Client authenticate(Request request, Parameters form) {
        failures.require(request);
        Optional<Client> client;
        try {
            client = check(request, form);
        } catch (Malformed e) {
            client = Optional.empty();
        }
        if (client.isEmpty()) {
            failures.count(request);
            Event refused = Event.of(EventKind.CLIENT_REFUSED);
            Optional<Client> named = named(request, form);
            events.record(
                    (named.isPresent() ? refused.client(named.get().id()) : refused)
                            .address(request.address())
                            .details(Map.of("path", request.path())));
            throw OAuthError.invalidClient();
        }
        if (client.get().isPublic()) {
            // Whoever names it may be anybody.
            unproven.count(request);
        }
        return client.get();
    }

    private Optional<Client> check(Request request, Parameters form) throws Malformed {
        Optional<String> header = request.header("Authorization");
        boolean basic = header.isPresent() && startsWithBasic(header.get());
        boolean post = form.get("client_secret").isPresent();
        boolean assertion = form.get("client_assertion").isPresent();
        if ((basic ? 1 : 0) + (post ? 1 : 0) + (assertion ? 1 : 0) > 1) {
            throw OAuthError.invalidRequest("prove the client in one way, not in several");
        }
        if (basic) {
            Credentials sent = credentials(header.get());
            boolean other =
                    form.get("client_id").isPresent() && !form.text("client_id").equals(sent.id());
            return other ? Optional.empty() : bySecret(sent.id(), sent.secret());
        }
        if (post) {
            return bySecret(form.text("client_id"), form.text("client_secret"));
        }
        if (assertion) {
            return byAssertion(form);
        }
        return clients.find(form.text("client_id")).filter(Client::isPublic);
    }

    /** The client that is meant, as far as that is plain to see; it has proved nothing. */
    private Optional<Client> named(Request request, Parameters form) {
        String sent = form.text("client_id");
        Optional<String> header = request.header("Authorization");
        try {
            if (sent.isEmpty() && header.isPresent() && startsWithBasic(header.get())) {
                sent = credentials(header.get()).id();
            }
        } catch (Malformed e) {
            return Optional.empty();
        }
        return clients.find(sent);
    }

    private Optional<Client> bySecret(String id, String secret) {
        Optional<Client> client =
                clients.find(id).filter(c -> c.proof() == Client.Proof.CLIENT_SECRET);
        byte[] sent = secretTag(vault, secret);
        byte[] known = client.isPresent() ? client.get().secretTag() : null;
        byte[] expected = known == null ? new byte[sent.length] : known;
        return MessageDigest.isEqual(expected, sent) && known != null ? client : Optional.empty();
    }

    /** RFC 7523, section 3; signature, audience and times are checked by Nimbus. */
    private Optional<Client> byAssertion(Parameters form) throws Malformed {
        if (!form.text("client_assertion_type").equals(ASSERTION_TYPE)) {
            throw new Malformed();
        }
        try {
            PrivateKeyJWT sent = PrivateKeyJWT.parse(form.asMap());
            Optional<Client> client =
                    clients.find(sent.getClientID().getValue())
                            .filter(c -> c.proof() == Client.Proof.PRIVATE_KEY_JWT);
            JWTClaimsSet claims = sent.getClientAssertion().getJWTClaimsSet();
            boolean sound =
                    client.isPresent()
                            && ASSERTION_ALGORITHMS.contains(
                                    sent.getClientAssertion().getHeader().getAlgorithm())
                            && claims.getJWTID() != null
                            && !claims.getJWTID().isBlank();
            if (!sound) {
                return Optional.empty();
            }
            Context<Client> context = new Context<>();
            context.set(client.get());
            assertions.verify(sent, null, context);
            Instant expires = claims.getExpirationTime().toInstant();
            boolean first =
                    used.use(
                            "assertion " + client.get().id() + " " + claims.getJWTID(),
                            expires.plusSeconds(120));
            return first ? client : Optional.empty();
        } catch (ParseException
                | java.text.ParseException
                | InvalidClientException
                | JOSEException
                | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private record Credentials(String id, String secret) {}

    private static boolean startsWithBasic(String header) {
        return header.regionMatches(true, 0, "Basic ", 0, 6);
    }

    /** RFC 6749, section 2.3.1: each part is form encoded before they are joined. */
    private static Credentials credentials(String header) throws Malformed {
        try {
            byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(java.nio.ByteBuffer.wrap(decoded))
                            .toString();
            int colon = text.indexOf(':');
            if (colon < 0) {
                throw new Malformed();
            }
            Parameters parts =
                    Parameters.parse(
                            "id="
                                    + text.substring(0, colon)
                                    + "&secret="
                                    + text.substring(colon + 1));
            return new Credentials(parts.text("id"), parts.text("secret"));
        } catch (IllegalArgumentException | CharacterCodingException | Parameters.Malformed e) {
            throw new Malformed();
        }
    }

    /** What was sent is no proof of any kind. */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private static final class KeysOfClient implements ClientCredentialsSelector<Client> {

        @Override
        public List<Secret> selectClientSecrets(
                ClientID id, ClientAuthenticationMethod method, Context<Client> context) {
            return List.of();
        }

        @Override
        public List<? extends PublicKey> selectPublicKeys(
                ClientID id,
                ClientAuthenticationMethod method,
                com.nimbusds.jose.JWSHeader header,
                boolean forceRefresh,
                Context<Client> context) {
            List<PublicKey> keys = new ArrayList<>();
            for (JWK jwk :
                    new JWKSelector(JWKMatcher.forJWSHeader(header)).select(context.get().keys())) {
                if (jwk instanceof AsymmetricJWK key) {
                    try {
                        keys.add(key.toPublicKey());
                    } catch (JOSEException e) {
                        LOG.fine("a key of client " + id + " cannot be used");
                    }
                }
            }
            return keys;
        }
    }
}
