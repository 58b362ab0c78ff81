package dev.monban.server.login;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCClaimsRequest;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.Prompt;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSet;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSetRequest;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.claims.UserInfo;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.monban.server.platform.outgoing.Answer;
import dev.monban.server.platform.outgoing.CallFailed;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.platform.outgoing.OutgoingRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The organisations' own identity providers, as a relying party sees them (OpenID Connect Core).
 */
public final class IdentityProviders {

    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    /** Short, so that it shows before people are sent there that nobody answers. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    /** Long enough that those who wait together are told together. */
    private static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(5);

    /** As long as one call may last, and a little. */
    private static final Duration MOST_WAIT = TIMEOUT.plusSeconds(1);

    /** OpenID Connect Core, section 2: a subject has 255 ASCII characters at the most. */
    private static final int MOST_SUBJECT = 255;

    private static final int MOST_EMAIL = 254;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

    /** In the ID token already, for providers that can be asked. */
    private static final OIDCClaimsRequest CLAIMS =
            new OIDCClaimsRequest()
                    .withIDTokenClaimsRequest(
                            new ClaimsSetRequest()
                                    .add("email")
                                    .add("email_verified")
                                    .add("auth_time"));

    private static final int MOST_REMEMBERED = 10_000;
    private static final int OK = Answer.OK;

    /**
     * Longer than anybody stays signed in there: it has providers say when it was (OpenID Connect
     * Core, section 3.1.2.1).
     */
    private static final Duration LONGEST_SILENT = Duration.ofDays(90);

    /** Of keys that nobody but the provider has. */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256, JWSAlgorithm.ES384);

    private final Map<String, Provider> byDomain = new HashMap<>();
    private final Map<String, Provider> byTenant = new HashMap<>();
    private final String back;
    private final ProviderCalls calls;
    private final AsyncLoadingCache<Provider, Found> found;

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
     * @param back where people come back to; the slug of the organisation follows, so that no
     *     provider gets another's answers (RFC 9700, section 4.4.2.2)
     */
    public IdentityProviders(List<Provider> providers, String back, OutgoingCalls outgoing) {
        this.back = back;
        calls = new ProviderCalls(outgoing, TIMEOUT);
        found =
                Caffeine.newBuilder()
                        .maximumSize(MOST_REMEMBERED)
                        .executor(task -> Thread.ofVirtual().name("discovery").start(task))
                        .expireAfter(
                                Expiry.<Provider, Found>writing((provider, one) -> one.lasts()))
                        .buildAsync(this::find);
        for (Provider provider : providers) {
            byTenant.put(provider.tenant(), provider);
            provider.domains().forEach(domain -> byDomain.put(domain, provider));
        }
    }

    /** The organisations that have one: slugs. */
    public Set<String> tenants() {
        return Set.copyOf(byTenant.keySet());
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

        private final boolean ours;

        private Failed(String message, boolean ours) {
            super(message);
            this.ours = ours;
        }

        Failed(Throwable cause) {
            this(
                    cause instanceof CallFailed
                            ? String.valueOf(cause.getMessage())
                            : cause.toString(),
                    ProviderCalls.isNoAnswer(cause));
        }

        Failed(String message) {
            this(message, false);
        }

        /** Whatever a browser brings, it is so. */
        static Failed surely(String message) {
            return new Failed(message, true);
        }

        /** Whether it is so whatever the browser brought. */
        boolean isSure() {
            return ours;
        }
    }

    /**
     * Who somebody is there.
     *
     * @param email empty where the ID token does not say it, or it was not verified
     * @param access to what the user info says besides; empty where the ID token says it
     * @param authenticatedAt when they proved it there; empty where it is not said
     */
    record Identity(
            String subject,
            Optional<String> email,
            Optional<AccessToken> access,
            Optional<Instant> authenticatedAt) {

        @Override
        public String toString() {
            return "somebody there";
        }
    }

    /** What looking for a provider has come to. */
    private sealed interface Found {
        Duration lasts();
    }

    /** What its discovery document says. */
    private record Known(OIDCProviderMetadata metadata, IDTokenValidator validator)
            implements Found {
        @Override
        public Duration lasts() {
            return REMEMBERED;
        }
    }

    private record NotFound(Failed why) implements Found {
        @Override
        public Duration lasts() {
            return FAILURE_REMEMBERED;
        }
    }

    /** All who ask at the same time wait for the same answer. */
    private Found find(Provider provider) {
        try {
            return discover(provider);
        } catch (Failed e) {
            return new NotFound(e);
        } catch (IOException | GeneralException | URISyntaxException | RuntimeException e) {
            return new NotFound(new Failed(e));
        }
    }

    private Known discover(Provider provider)
            throws Failed, IOException, GeneralException, URISyntaxException {
        Issuer issuer = new Issuer(provider.issuer());
        URI document = OIDCProviderMetadata.resolveURL(issuer).toURI();
        Answer answer = calls.find(provider.tenant(), document);
        if (answer.status() != OK) {
            throw Failed.surely("its discovery document answers " + answer.status());
        }
        OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(answer.text());
        // OpenID Connect Discovery, section 4.3.
        if (!metadata.getIssuer().equals(issuer)) {
            throw Failed.surely("its discovery document is another issuer's");
        }
        List<@Nullable URI> endpoints =
                Arrays.asList(
                        metadata.getAuthorizationEndpointURI(),
                        metadata.getTokenEndpointURI(),
                        metadata.getJWKSetURI());
        for (URI endpoint : endpoints) {
            checkEndpoint(document, endpoint);
        }
        if (metadata.getUserInfoEndpointURI() != null) {
            checkEndpoint(document, metadata.getUserInfoEndpointURI());
        }
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(
                                metadata.getJWKSetURI().toURL(),
                                address -> calls.keys(provider.tenant(), address))
                        .build();
        return new Known(
                metadata,
                new IDTokenValidator(
                        issuer,
                        new ClientID(provider.clientId()),
                        new JWSVerificationKeySelector<>(ALGORITHMS, keys),
                        null));
    }

    private static void checkEndpoint(URI document, @Nullable URI endpoint) throws Failed {
        if (endpoint == null
                || endpoint.getHost() == null
                || !document.getScheme().equals(endpoint.getScheme())) {
            throw Failed.surely("its discovery document names the endpoint " + endpoint);
        }
    }

    private Known known(Provider provider) throws Failed {
        try {
            return switch (found.get(provider).get(MOST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                case Known known -> known;
                case NotFound(Failed why) -> throw why;
            };
        } catch (ExecutionException | TimeoutException e) {
            throw new Failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed(e);
        }
    }

    private URI back(Provider provider) {
        return URI.create(back + "/" + provider.tenant());
    }

    /**
     * Where somebody is sent.
     *
     * @param anew whether they are to prove there who they are, signed in or not
     */
    URI request(
            Provider provider,
            String state,
            String nonce,
            String verifier,
            String loginHint,
            boolean anew)
            throws Failed {
        OIDCProviderMetadata metadata = known(provider).metadata();
        AuthenticationRequest.Builder request =
                new AuthenticationRequest.Builder(
                                ResponseType.CODE,
                                new Scope("openid", "email"),
                                new ClientID(provider.clientId()),
                                back(provider))
                        .endpointURI(metadata.getAuthorizationEndpointURI())
                        .state(new State(state))
                        .nonce(new Nonce(nonce))
                        .maxAge(anew ? 0 : Math.toIntExact(LONGEST_SILENT.toSeconds()))
                        .codeChallenge(new CodeVerifier(verifier), CodeChallengeMethod.S256)
                        .loginHint(loginHint);
        if (metadata.supportsClaimsParam()) {
            request.claims(CLAIMS);
        }
        if (anew) {
            request.prompt(Prompt.Type.LOGIN);
        }
        try {
            return request.build().toURI();
        } catch (RuntimeException e) {
            throw new Failed(e);
        }
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
                                            back(provider),
                                            new CodeVerifier(verifier)))
                            .build();
            TokenResponse answer =
                    OIDCTokenResponseParser.parse(
                            calls.post(provider.tenant(), request.toHTTPRequest()));
            if (answer instanceof OIDCTokenResponse tokens) {
                return Optional.of(identity(its, tokens.getOIDCTokens(), nonce));
            }
            ErrorObject error = answer.toErrorResponse().getErrorObject();
            if (OAuth2Error.INVALID_GRANT.equals(error)) {
                return Optional.empty();
            }
            if (OAuth2Error.INVALID_CLIENT.equals(error)
                    || OAuth2Error.UNAUTHORIZED_CLIENT.equals(error)) {
                throw Failed.surely("it does not take our secret: " + error);
            }
            throw new Failed("the code was refused: " + error);
        } catch (IOException
                | ParseException
                | BadJOSEException
                | JOSEException
                | RuntimeException e) {
            // A hostile answer makes the libraries throw what they do not declare.
            throw new Failed(e);
        }
    }

    private static Identity identity(Known its, OIDCTokens tokens, String nonce)
            throws Failed, BadJOSEException, JOSEException {
        if (tokens.getIDToken() == null) {
            throw new Failed("it gave no ID token");
        }
        IDTokenClaimsSet claims = its.validator().validate(tokens.getIDToken(), new Nonce(nonce));
        // As it is sent: the library trims its own copy, and two subjects would be one.
        String subject = claims.getStringClaim("sub");
        if (subject == null
                || subject.isBlank()
                || subject.length() > MOST_SUBJECT
                || UNPRINTABLE.matcher(subject).find()) {
            throw new Failed("its subject is none");
        }
        Date at = claims.getAuthenticationTime();
        return new Identity(
                subject,
                email(claims),
                Optional.ofNullable(
                        claims.getClaim("email") == null ? tokens.getAccessToken() : null),
                Optional.ofNullable(at).map(Date::toInstant));
    }

    /**
     * Their address, where it was verified; asked for at the user info, if need be, where claims of
     * a scope belong (OpenID Connect Core, section 5.4).
     */
    Optional<String> email(Provider provider, Identity identity) throws Failed {
        URI endpoint = known(provider).metadata().getUserInfoEndpointURI();
        if (endpoint == null || identity.access().isEmpty()) {
            return identity.email();
        }
        try {
            Answer answer =
                    calls.send(
                            provider.tenant(),
                            OutgoingRequest.get(endpoint)
                                    .with(
                                            "Authorization",
                                            identity.access().get().toAuthorizationHeader()));
            if (answer.status() != OK) {
                throw new Failed("its user info answers " + answer.status());
            }
            UserInfo info = UserInfo.parse(answer.text());
            // OpenID Connect Core, section 5.3.2.
            if (!identity.subject().equals(info.getStringClaim("sub"))) {
                throw new Failed("its user info is somebody else's");
            }
            return email(info);
        } catch (IOException | ParseException | RuntimeException e) {
            throw new Failed(e);
        }
    }

    private static Optional<String> email(ClaimsSet claims) {
        return Boolean.TRUE.equals(claims.getBooleanClaim("email_verified"))
                ? Optional.ofNullable(claims.getStringClaim("email"))
                        .filter(e -> e.length() <= MOST_EMAIL && !UNPRINTABLE.matcher(e).find())
                : Optional.empty();
    }
}
