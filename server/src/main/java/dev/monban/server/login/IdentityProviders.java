package dev.monban.server.login;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The organisations' own identity providers, as a relying party sees them (OpenID Connect Core).
 */
public final class IdentityProviders {

    private static final Duration TIMEOUT = Duration.ofSeconds(8);
    private static final int MOST_BYTES = 500_000;

    /** Short, so that it shows before people are sent there that nobody answers. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private static final int MOST_REMEMBERED = 10_000;
    private static final int OK = 200;

    /** Of keys that nobody but the provider has. */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256, JWSAlgorithm.ES384);

    private final Map<String, Provider> byDomain = new HashMap<>();
    private final Map<String, Provider> byTenant = new HashMap<>();
    private final URI back;
    private final LoadingCache<Provider, Known> known;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    /**
     * One of them, as it is declared.
     *
     * @param tenant slug of the organisation
     * @param domains of its people's login names
     */
    public record Provider(
            String tenant, String issuer, String clientId, String secret, List<String> domains) {

        public Provider {
            domains = List.copyOf(domains);
        }

        @Override
        public String toString() {
            return "identity provider " + issuer;
        }
    }

    /**
     * @param back where people come back to
     */
    public IdentityProviders(List<Provider> providers, URI back) {
        this.back = back;
        known =
                Caffeine.newBuilder()
                        .maximumSize(MOST_REMEMBERED)
                        .expireAfterWrite(REMEMBERED)
                        .build(this::discover);
        for (Provider provider : providers) {
            byTenant.put(provider.tenant(), provider);
            provider.domains().forEach(domain -> byDomain.put(domain, provider));
        }
    }

    /** Whether any organisation has one. */
    public boolean any() {
        return !byTenant.isEmpty();
    }

    /** Whose people have login names like this. It is public which domain has one. */
    Optional<Provider> ofLoginName(String identifier) {
        return Optional.ofNullable(
                byDomain.get(identifier.substring(identifier.lastIndexOf('@') + 1)));
    }

    Optional<Provider> ofTenant(String slug) {
        return Optional.ofNullable(byTenant.get(slug));
    }

    /** It does not answer, or not as it should. */
    static final class Failed extends Exception {

        private static final long serialVersionUID = 1L;

        Failed(Throwable cause) {
            super(cause.toString(), cause);
        }

        Failed(String message) {
            super(message);
        }
    }

    /**
     * Who somebody is there.
     *
     * @param email empty where it is not said, or was not verified
     */
    record Identity(String subject, Optional<String> email) {}

    /** What its discovery document says. */
    private record Known(OIDCProviderMetadata metadata, IDTokenValidator validator) {}

    private Known discover(Provider provider) throws Exception {
        Issuer issuer = new Issuer(provider.issuer());
        URI document = OIDCProviderMetadata.resolveURL(issuer).toURI();
        HttpResponse<String> answer = send(HttpRequest.newBuilder(document));
        if (answer.statusCode() != OK) {
            throw new Failed("its discovery document answers " + answer.statusCode());
        }
        OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(answer.body());
        // OpenID Connect Discovery, section 4.3.
        if (!metadata.getIssuer().equals(issuer)) {
            throw new Failed("its discovery document is another issuer's");
        }
        List<@Nullable URI> endpoints =
                Arrays.asList(
                        metadata.getAuthorizationEndpointURI(),
                        metadata.getTokenEndpointURI(),
                        metadata.getJWKSetURI());
        for (URI endpoint : endpoints) {
            if (endpoint == null || !document.getScheme().equals(endpoint.getScheme())) {
                throw new Failed("its discovery document names the endpoint " + endpoint);
            }
        }
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(metadata.getJWKSetURI().toURL(), this::fetch).build();
        return new Known(
                metadata,
                new IDTokenValidator(
                        issuer,
                        new ClientID(provider.clientId()),
                        new JWSVerificationKeySelector<>(ALGORITHMS, keys),
                        null));
    }

    /** Takes no more, and waits no longer, than it must. */
    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        CompletableFuture<HttpResponse<String>> answer =
                http.sendAsync(
                        request.timeout(TIMEOUT).build(),
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8),
                                MOST_BYTES));
        try {
            return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            answer.cancel(true);
            throw new IOException(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private Resource fetch(URL address) throws IOException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(address.toString())));
        if (answer.statusCode() != OK) {
            throw new IOException("its keys answer " + answer.statusCode());
        }
        return new Resource(answer.body(), "application/json");
    }

    private Known known(Provider provider) throws Failed {
        try {
            return known.get(provider);
        } catch (RuntimeException e) {
            throw new Failed(e);
        }
    }

    /** Where somebody is sent. */
    URI request(Provider provider, String state, String nonce, String verifier, String loginHint)
            throws Failed {
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE,
                        new Scope("openid", "email"),
                        new ClientID(provider.clientId()),
                        back)
                .endpointURI(known(provider).metadata().getAuthorizationEndpointURI())
                .state(new State(state))
                .nonce(new Nonce(nonce))
                .codeChallenge(new CodeVerifier(verifier), CodeChallengeMethod.S256)
                .loginHint(loginHint)
                .build()
                .toURI();
    }

    /**
     * Whether an answer is this provider's (RFC 9207, section 2.4).
     *
     * @param issuer as the answer says; empty where it says none
     */
    boolean isFrom(Provider provider, String issuer) throws Failed {
        return issuer.isEmpty()
                ? !known(provider).metadata().supportsAuthorizationResponseIssuerParam()
                : issuer.equals(provider.issuer());
    }

    /**
     * Redeems a code, and checks what comes (OpenID Connect Core, sections 3.1.3.5 and 3.1.3.7).
     *
     * @return empty where the code is not good, or not any more
     */
    Optional<Identity> redeem(Provider provider, String code, String nonce, String verifier)
            throws Failed {
        Known its = known(provider);
        try {
            TokenRequest request =
                    new TokenRequest.Builder(
                                    its.metadata().getTokenEndpointURI(),
                                    new ClientSecretBasic(
                                            new ClientID(provider.clientId()),
                                            new Secret(provider.secret())),
                                    new AuthorizationCodeGrant(
                                            new AuthorizationCode(code),
                                            back,
                                            new CodeVerifier(verifier)))
                            .build();
            TokenResponse answer = OIDCTokenResponseParser.parse(post(request.toHTTPRequest()));
            if (answer instanceof OIDCTokenResponse tokens) {
                return Optional.of(
                        identity(
                                its.validator()
                                        .validate(
                                                tokens.getOIDCTokens().getIDToken(),
                                                new Nonce(nonce))));
            }
            ErrorObject error = answer.toErrorResponse().getErrorObject();
            if (OAuth2Error.INVALID_GRANT.equals(error)) {
                return Optional.empty();
            }
            throw new Failed("the code was refused: " + error);
        } catch (IOException | ParseException | BadJOSEException | JOSEException e) {
            known.invalidate(provider);
            throw new Failed(e);
        }
    }

    private HTTPResponse post(HTTPRequest request) throws IOException, ParseException {
        HttpRequest.Builder sent =
                HttpRequest.newBuilder(request.getURI())
                        .POST(HttpRequest.BodyPublishers.ofString(request.getBody()));
        request.getHeaderMap()
                .forEach((name, values) -> values.forEach(value -> sent.header(name, value)));
        HttpResponse<String> answer = send(sent);
        HTTPResponse received = new HTTPResponse(answer.statusCode());
        received.setHeader("Content-Type", answer.headers().firstValue("Content-Type").orElse(""));
        received.setBody(answer.body());
        return received;
    }

    private static Identity identity(IDTokenClaimsSet claims) {
        boolean verified = Boolean.TRUE.equals(claims.getBooleanClaim("email_verified"));
        return new Identity(
                claims.getSubject().getValue(),
                Optional.ofNullable(claims.getStringClaim("email")).filter(e -> verified));
    }
}
