package dev.monban.server.oidc;

import com.nimbusds.langtag.LangTag;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.OIDCClaimsRequest;
import com.nimbusds.openid.connect.sdk.Prompt;
import com.nimbusds.openid.connect.sdk.claims.ClaimRequirement;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSetRequest;
import dev.monban.core.authorize.CodeBinding;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Parameters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads authorization requests. First the client and its redirect address, by ourselves and
 * exactly: until both are known good, nothing is sent anywhere (RFC 6749, section 4.1.2.1). Then
 * the rest, by Nimbus, with what it lets pass and we do not.
 */
public final class AuthorizationRequests {

    /** A nonce or a hint longer than this helps nobody. */
    private static final int VALUE_MOST_CHARACTERS = 2048;

    private static final Set<String> STRUCTURED = Set.of("id_token_hint", "claims");
    private static final int STRUCTURED_MOST_CHARACTERS = 4096;

    /** Clients keep more in it than RFC 6749, section 4.1.1, asks for: 4 KB, as UTF-8. */
    public static final int MAX_STATE_BYTES = 4096;

    /** What is read here. Everything else is ignored (RFC 6749, section 3.1). */
    private static final Set<String> KNOWN =
            Set.of(
                    "response_type",
                    "client_id",
                    "redirect_uri",
                    "scope",
                    "state",
                    "response_mode",
                    "nonce",
                    "display",
                    "prompt",
                    "max_age",
                    "ui_locales",
                    "claims_locales",
                    "id_token_hint",
                    "login_hint",
                    "acr_values",
                    "claims",
                    "code_challenge",
                    "code_challenge_method",
                    "dpop_jkt");

    /** RFC 8707, section 2, has it sent several times; it is not supported, and ignored. */
    private static final String RESOURCE = "resource";

    private final Clients clients;
    private final IdTokens idTokens;

    public AuthorizationRequests(Clients clients, IdTokens idTokens) {
        this.clients = clients;
        this.idTokens = idTokens;
    }

    /** Where and how the answer goes. */
    public record Target(Client client, String redirectUri, String state, Mode mode) {}

    /** {@code response_mode} (OAuth 2.0 Multiple Response Types, and Form Post Response Mode). */
    public enum Mode {
        QUERY,
        FORM_POST
    }

    /**
     * What the client wants, all of it understood and allowed.
     *
     * @param challenge PKCE; {@code null} where there is none
     * @param unboundFault what a silent request (prompt=none) is answered where it could be granted
     *     and lacks its challenge; {@code null} where nothing is wrong
     * @param subject the only subject that may answer; {@code null} for anybody
     * @param claimScopes scopes of the claims asked for by name, beyond {@code scopes}
     * @param maxAge {@code null} for no limit
     */
    public record Wanted(
            Target target,
            List<String> scopes,
            @Nullable String challenge,
            @Nullable OAuthError unboundFault,
            Set<dev.monban.core.authorize.Prompt> prompts,
            @Nullable Duration maxAge,
            @Nullable String subject,
            Set<AssuranceLevel> essentialLevels,
            String loginHint,
            Optional<Language> language,
            @Nullable String nonce,
            @Nullable String claimsRequest,
            List<String> claimScopes,
            @Nullable String keyThumbprint) {

        /** What the person is asked about: scopes, and those of the claims asked for by name. */
        public List<String> consentScopes() {
            return Stream.concat(scopes.stream(), claimScopes.stream()).sorted().toList();
        }
    }

    /** The request cannot be answered at the client: the person sees why. */
    public static final class Untrusted extends Exception {
        private static final long serialVersionUID = 1L;

        private final String code;

        Untrusted(String code, String detail) {
            super(detail, null, false, false);
            this.code = code;
        }

        /** The name of its texts: {@code problem.CODE.title} and so on. */
        public String code() {
            return code;
        }
    }

    /**
     * Finds where the answer goes.
     *
     * @throws Untrusted where client or redirect address are not known to belong together
     */
    public Target target(Parameters parameters) throws Untrusted {
        Parameters sent = parameters.withoutEmpty();
        if (sent.all("client_id").size() > 1 || sent.all("redirect_uri").size() > 1) {
            throw new Untrusted(
                    "bad_authorization",
                    "client_id or redirect_uri: sent more than once (RFC 6749, 3.1)");
        }
        Client client =
                clients.find(sent.text("client_id"))
                        .orElseThrow(
                                () -> new Untrusted("unknown_client", "client_id: not declared"));
        // A request object is refused; that answer goes where the object says (OpenID Connect Core
        // 1.0, 6.1), if the client may have answers there.
        RequestObject object = RequestObject.read(sent.text("request"));
        String redirectUri = sent.text("redirect_uri");
        if (client.allowsRedirect(object.redirectUri())) {
            redirectUri = object.redirectUri();
        }
        if (!client.allowsRedirect(redirectUri)) {
            throw new Untrusted(
                    "foreign_redirect",
                    redirectUri.isEmpty()
                            ? "redirect_uri: missing"
                            : "redirect_uri: not declared for this client, letter by letter");
        }
        String state = once(sent, "state", object.state());
        String mode = once(sent, "response_mode", object.responseMode());
        return new Target(
                client,
                redirectUri,
                isShort(state) ? state : "",
                mode.equals("form_post") ? Mode.FORM_POST : Mode.QUERY);
    }

    /** What the request object says, or else the parameter; nothing where that was sent twice. */
    private static String once(Parameters sent, String name, String inObject) {
        if (!inObject.isEmpty()) {
            return inObject;
        }
        return sent.all(name).size() == 1 ? sent.text(name) : "";
    }

    private static boolean isShort(String state) {
        return state.length() <= MAX_STATE_BYTES
                && state.getBytes(StandardCharsets.UTF_8).length <= MAX_STATE_BYTES;
    }

    /**
     * Understands the rest.
     *
     * @param sent the request as it came
     * @param target what {@link #target} found for the same parameters
     * @throws OAuthError for the client, at its redirect address
     */
    public Wanted understand(Parameters sent, Target target, boolean pushed) {
        Parameters parameters = sent.withoutEmpty();
        Client client = target.client();
        refuseWhatIsNotThere(parameters);
        if (client.parRequired() && !pushed) {
            throw OAuthError.invalidRequest("this client pushes its requests (RFC 9126)");
        }
        if (!client.mayUse(Client.AUTHORIZATION_CODE)) {
            throw OAuthError.of("unauthorized_client", "not declared for authorization_code");
        }
        boolean openId = List.of(parameters.text("scope").split(" ")).contains(Claims.OPENID);
        AuthorizationRequest request = parse(parameters, openId);
        List<String> scopes = scopes(parameters, client);
        Set<dev.monban.core.authorize.Prompt> prompts = prompts(request);
        OAuthError unbound = unboundFault(parameters, client);
        if (unbound != null && !prompts.contains(dev.monban.core.authorize.Prompt.NONE)) {
            throw unbound;
        }
        AuthenticationRequest openIdRequest =
                request instanceof AuthenticationRequest authentication ? authentication : null;
        String nonce = parameters.get("nonce").orElse(null);
        Optional<String> key = parameters.get("dpop_jkt");
        if (key.isPresent() && !Pkce.isChallenge(key.get())) {
            throw OAuthError.invalidRequest("dpop_jkt: 43 characters of base64url (RFC 9449, 10)");
        }
        String claims = openId ? parameters.get("claims").orElse(null) : null;
        OIDCClaimsRequest claimsRequest =
                openIdRequest == null ? null : openIdRequest.getOIDCClaims();
        return new Wanted(
                target,
                scopes,
                parameters.get("code_challenge").orElse(null),
                unbound,
                prompts,
                maxAge(openIdRequest),
                subject(parameters, claimsRequest),
                essentialLevels(openIdRequest, claimsRequest),
                parameters.text("login_hint"),
                language(openIdRequest),
                nonce,
                claims,
                Claims.scopesByName(claims, scopes, client.scopes()),
                key.orElse(null));
    }

    /** What is wrong with the request's PKCE; {@code null} where nothing is. */
    private static @Nullable OAuthError unboundFault(Parameters parameters, Client client) {
        String challenge = parameters.text("code_challenge");
        return switch (CodeBinding.asked(
                challenge,
                parameters.text("code_challenge_method"),
                Pkce.isChallenge(challenge),
                client.mayOmitPkce())) {
            case BOUND, UNBOUND -> null;
            case REFUSED_MISSING ->
                    OAuthError.invalidRequest(
                            client.isPublic()
                                    ? "code_challenge: missing; a public client needs PKCE (RFC"
                                            + " 9700, 2.1.1)"
                                    : "code_challenge: missing; send one (RFC 7636), or declare"
                                            + " the client with pkce: optional");
            case REFUSED_MALFORMED ->
                    OAuthError.invalidRequest(
                            "code_challenge: 43 characters, with code_challenge_method S256 (RFC"
                                    + " 7636, 4.2 and 4.3)");
        };
    }

    private static void refuseWhatIsNotThere(Parameters parameters) {
        // RFC 6749, 3.1. Which of the two is meant is never guessed.
        if (parameters.asMap().entrySet().stream()
                .anyMatch(p -> p.getValue().size() > 1 && !p.getKey().equals(RESOURCE))) {
            throw OAuthError.invalidRequest("a parameter was sent more than once (RFC 6749, 3.1)");
        }
        // OpenID Connect Core 1.0, 6: what is not supported is refused by its own names.
        if (parameters.get("request").isPresent()) {
            throw OAuthError.of("request_not_supported", "request: push the request instead");
        }
        if (parameters.get("request_uri").isPresent()) {
            throw OAuthError.of(
                    "request_uri_not_supported", "request_uri: push the request to /par first");
        }
        if (parameters.get("registration").isPresent()) {
            throw OAuthError.of(
                    "registration_not_supported", "registration: clients are declared here");
        }
        String type = parameters.text("response_type");
        if (type.isEmpty()) {
            throw OAuthError.invalidRequest("response_type: missing");
        }
        if (!type.equals("code")) {
            throw OAuthError.of("unsupported_response_type", "response_type: code is all there is");
        }
        String mode = parameters.text("response_mode");
        if (!mode.isEmpty() && !mode.equals("query") && !mode.equals("form_post")) {
            throw OAuthError.invalidRequest("response_mode: query or form_post");
        }
        if (!isShort(parameters.text("state"))) {
            throw OAuthError.invalidRequest(
                    "state: at most "
                            + MAX_STATE_BYTES
                            + " bytes are returned as RFC 6749, 4.1.2, asks; keep more at the"
                            + " client");
        }
        for (String name : KNOWN) {
            int most =
                    STRUCTURED.contains(name) ? STRUCTURED_MOST_CHARACTERS : VALUE_MOST_CHARACTERS;
            if (!name.equals("state") && parameters.text(name).length() > most) {
                throw OAuthError.invalidRequest(name + ": longer than " + most + " characters");
            }
        }
    }

    private static AuthorizationRequest parse(Parameters parameters, boolean openId) {
        Map<String, List<String>> known = new HashMap<>(parameters.asMap());
        known.keySet().retainAll(KNOWN);
        try {
            return openId ? AuthenticationRequest.parse(known) : AuthorizationRequest.parse(known);
        } catch (ParseException e) {
            ErrorObject error = e.getErrorObject();
            throw OAuthError.of(
                    error == null ? "invalid_request" : error.getCode(),
                    "the request is not well-formed");
        } catch (RuntimeException e) {
            // Nimbus' parser lets a few nonsensical values through as exceptions of its own.
            throw OAuthError.invalidRequest("the request is not well-formed");
        }
    }

    /** What the client may have of what it asks for; unknown scopes are left out (3.1.2.1). */
    private static List<String> scopes(Parameters parameters, Client client) {
        List<String> asked = List.of(parameters.text("scope").strip().split(" +"));
        List<String> scopes =
                asked.stream().filter(client.scopes()::contains).distinct().sorted().toList();
        if (scopes.isEmpty()) {
            throw OAuthError.of("invalid_scope", "scope: none that this client may ask for");
        }
        return scopes;
    }

    private static Set<dev.monban.core.authorize.Prompt> prompts(AuthorizationRequest request) {
        Prompt prompt = request.getPrompt();
        Set<dev.monban.core.authorize.Prompt> prompts =
                EnumSet.noneOf(dev.monban.core.authorize.Prompt.class);
        if (prompt != null) {
            for (Prompt.Type type : prompt) {
                prompts.add(
                        switch (type) {
                            case NONE -> dev.monban.core.authorize.Prompt.NONE;
                            case LOGIN -> dev.monban.core.authorize.Prompt.LOGIN;
                            case CONSENT -> dev.monban.core.authorize.Prompt.CONSENT;
                            case SELECT_ACCOUNT -> dev.monban.core.authorize.Prompt.SELECT_ACCOUNT;
                            case CREATE ->
                                    throw OAuthError.invalidRequest(
                                            "prompt: accounts are made by invitation");
                        });
            }
        }
        return prompts;
    }

    private static @Nullable Duration maxAge(@Nullable AuthenticationRequest request) {
        if (request == null || request.getMaxAge() == -1) {
            return null;
        }
        if (request.getMaxAge() < 0) {
            throw OAuthError.invalidRequest("max_age: seconds, zero or more");
        }
        return Duration.ofSeconds(request.getMaxAge());
    }

    private @Nullable String subject(
            Parameters parameters, @Nullable OIDCClaimsRequest claimsRequest) {
        Set<String> subjects = new HashSet<>();
        Optional<String> hint = parameters.get("id_token_hint");
        if (hint.isPresent()) {
            subjects.add(
                    idTokens.readHint(hint.get())
                            .map(IdTokens.Hint::subject)
                            .orElseThrow(() ->
                                    OAuthError.invalidRequest(
                                            "id_token_hint: not an ID token from here")));
        }
        ClaimsSetRequest.Entry sub = idTokenEntry(claimsRequest, "sub");
        if (sub != null && sub.getValueAsString() != null) {
            subjects.add(sub.getValueAsString());
        }
        if (subjects.size() > 1) {
            throw OAuthError.invalidRequest("id_token_hint and claims name two people");
        }
        return subjects.stream().findFirst().orElse(null);
    }

    /**
     * Levels of which one must be reached: those of an essential {@code acr} claim (section
     * 5.5.1.1), and those of {@code acr_values}, which say no less since RFC 9470, section 5.
     * Values that Monban does not know can be met by nobody; {@code acr_values} with none that it
     * knows are another's words, and bind nobody.
     */
    private static Set<AssuranceLevel> essentialLevels(
            @Nullable AuthenticationRequest request, @Nullable OIDCClaimsRequest claimsRequest) {
        Set<AssuranceLevel> levels = EnumSet.noneOf(AssuranceLevel.class);
        if (request != null && request.getACRValues() != null) {
            request.getACRValues()
                    .forEach(acr -> AssuranceLevel.ofAcr(acr.getValue()).ifPresent(levels::add));
        }
        ClaimsSetRequest.Entry acr = idTokenEntry(claimsRequest, "acr");
        if (acr == null || acr.getClaimRequirement() != ClaimRequirement.ESSENTIAL) {
            return levels;
        }
        List<String> values = new ArrayList<>();
        if (acr.getValuesAsListOfStrings() != null) {
            values.addAll(acr.getValuesAsListOfStrings());
        } else if (acr.getValueAsString() != null) {
            values.add(acr.getValueAsString());
        }
        values.forEach(value -> AssuranceLevel.ofAcr(value).ifPresent(levels::add));
        boolean named = acr.getRawValue() != null || acr.getValuesAsRawList() != null;
        if (named && levels.isEmpty()) {
            throw OAuthError.of(
                    "unmet_authentication_requirements", "claims: no acr that there is here");
        }
        return levels;
    }

    private static ClaimsSetRequest.@Nullable Entry idTokenEntry(
            @Nullable OIDCClaimsRequest request, String name) {
        if (request == null || request.getIDTokenClaimsRequest() == null) {
            return null;
        }
        return request.getIDTokenClaimsRequest().get(name);
    }

    private static Optional<Language> language(@Nullable AuthenticationRequest request) {
        if (request == null || request.getUILocales() == null) {
            return Optional.empty();
        }
        return Language.firstOf(request.getUILocales().stream().map(LangTag::toString).toList());
    }
}
