package dev.monban.server.oidc.page;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.langtag.LangTag;
import com.nimbusds.langtag.LangTagException;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.Prompt;
import com.nimbusds.openid.connect.sdk.SubjectType;
import com.nimbusds.openid.connect.sdk.claims.ACR;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.server.oidc.Algorithm;
import dev.monban.server.oidc.Claims;
import dev.monban.server.oidc.SigningKeys;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Routes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Says what there is: OpenID Connect Discovery 1.0, RFC 8414, and the public keys. */
public final class DiscoveryEndpoint {

    /** New keys are published two weeks before they sign: an hour in a cache is safe. */
    private static final String CACHED = "public, max-age=3600";

    private static final String REASON = "the same bytes for everybody, and caches keep them";

    private final byte[] document;
    private final SigningKeys keys;

    public DiscoveryEndpoint(String issuer, SigningKeys keys) {
        this.document = document(issuer);
        this.keys = keys;
    }

    public void hang(Routes routes) {
        // A stranger behind the address of a client must not keep the keys from it.
        routes.unlimited(
                        "GET",
                        "/.well-known/openid-configuration",
                        REASON,
                        request -> json(document))
                .unlimited(
                        "GET",
                        "/.well-known/oauth-authorization-server",
                        REASON,
                        request -> json(document))
                .unlimited("GET", "/jwks", REASON, request -> json(Json.bytes(keys.published())));
    }

    /** Everybody may read these, also scripts of any origin. */
    private static Reply json(byte[] body) {
        return Reply.bytes(200, "application/json", body)
                .header("Cache-Control", CACHED)
                .header("Access-Control-Allow-Origin", "*");
    }

    private static byte[] document(String issuer) {
        List<JWSAlgorithm> ours = Stream.of(Algorithm.values()).map(Algorithm::jws).toList();
        OIDCProviderMetadata metadata =
                new OIDCProviderMetadata(
                        new Issuer(issuer), List.of(SubjectType.PUBLIC), uri(issuer, "/jwks"));
        metadata.setAuthorizationEndpointURI(uri(issuer, "/authorize"));
        metadata.setTokenEndpointURI(uri(issuer, "/token"));
        metadata.setUserInfoEndpointURI(uri(issuer, "/userinfo"));
        metadata.setEndSessionEndpointURI(uri(issuer, "/logout"));
        metadata.setPushedAuthorizationRequestEndpointURI(uri(issuer, "/par"));
        metadata.setDeviceAuthorizationEndpointURI(uri(issuer, "/device_authorization"));
        metadata.setIntrospectionEndpointURI(uri(issuer, "/introspect"));
        metadata.setRevocationEndpointURI(uri(issuer, "/revoke"));
        metadata.setScopes(new Scope(Claims.SCOPES.toArray(String[]::new)));
        metadata.setResponseTypes(List.of(ResponseType.CODE));
        metadata.setResponseModes(List.of(ResponseMode.QUERY, ResponseMode.FORM_POST));
        metadata.setGrantTypes(
                List.of(
                        GrantType.AUTHORIZATION_CODE,
                        GrantType.REFRESH_TOKEN,
                        GrantType.CLIENT_CREDENTIALS,
                        GrantType.DEVICE_CODE));
        metadata.setCodeChallengeMethods(List.of(CodeChallengeMethod.S256));
        List<JWSAlgorithm> assertions =
                List.of(JWSAlgorithm.ES256, JWSAlgorithm.PS256, JWSAlgorithm.RS256);
        List<ClientAuthenticationMethod> methods =
                List.of(
                        ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
                        ClientAuthenticationMethod.CLIENT_SECRET_POST,
                        ClientAuthenticationMethod.PRIVATE_KEY_JWT,
                        ClientAuthenticationMethod.NONE);
        metadata.setTokenEndpointAuthMethods(methods);
        metadata.setTokenEndpointJWSAlgs(assertions);
        metadata.setRevocationEndpointAuthMethods(methods);
        metadata.setRevocationEndpointJWSAlgs(assertions);
        metadata.setIntrospectionEndpointAuthMethods(methods.subList(0, 3));
        metadata.setIntrospectionEndpointJWSAlgs(assertions);
        metadata.setIDTokenJWSAlgs(ours);
        metadata.setUserInfoJWSAlgs(ours);
        metadata.setDPoPJWSAlgs(
                List.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256, JWSAlgorithm.PS256));
        metadata.setSupportsAuthorizationResponseIssuerParam(true);
        metadata.setSupportsClaimsParams(true);
        metadata.setClaims(Claims.all());
        metadata.setACRs(
                Stream.of(AssuranceLevel.values()).map(level -> new ACR(level.acr())).toList());
        metadata.setPromptTypes(
                List.of(
                        Prompt.Type.NONE,
                        Prompt.Type.LOGIN,
                        Prompt.Type.CONSENT,
                        Prompt.Type.SELECT_ACCOUNT));
        metadata.setUILocales(
                Stream.of(Language.values()).map(DiscoveryEndpoint::languageTag).toList());
        metadata.setSupportsBackChannelLogout(true);
        metadata.setSupportsBackChannelLogoutSession(true);
        metadata.setSupportsRequestParam(false);
        metadata.setSupportsRequestURIParam(false);
        return metadata.toJSONObject().toJSONString().getBytes(StandardCharsets.UTF_8);
    }

    private static LangTag languageTag(Language language) {
        try {
            return new LangTag(language.tag());
        } catch (LangTagException e) {
            throw new IllegalStateException(e);
        }
    }

    private static URI uri(String issuer, String path) {
        return URI.create(issuer + path);
    }
}
