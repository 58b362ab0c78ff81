package dev.monban.server.oidc;

import com.nimbusds.jwt.SignedJWT;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Request;
import java.text.ParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a call of a client looked like, as far as it tells a good deploy from a bad one. No value
 * that proves anything is among it, and each is short whatever was sent.
 */
public final class CallFacts {

    /** Names of facts, in the order in which they are told. */
    public static final String METHOD = "method";

    public static final String SECRET = "secret";
    public static final String KEY = "key";
    public static final String REDIRECT_URI = "redirect_uri";
    public static final String PKCE = "pkce";
    public static final String SCOPE = "scope";
    public static final String DPOP = "dpop";
    public static final String AUDIENCE = "audience";
    public static final String ADDRESS = "address";
    public static final String USER_AGENT = "user_agent";

    /** Characters of a value that are kept. */
    private static final int MAX_CHARACTERS = 200;

    /** Longer assertions are not parsed. */
    static final int MAX_ASSERTION_CHARACTERS = 8 * 1024;

    private CallFacts() {}

    /**
     * The facts of a request at an endpoint for clients.
     *
     * @return names and values; what the request does not have is absent
     */
    public static Map<String, String> of(Request request) {
        Parameters form = parameters(request);
        Map<String, String> facts = new LinkedHashMap<>();
        if (!request.path().startsWith("/authorize") && !request.path().equals("/userinfo")) {
            facts.put(METHOD, method(request, form));
        }
        assertion(facts, form.text("client_assertion"));
        put(facts, REDIRECT_URI, form.get("redirect_uri"));
        if (form.get("code").isPresent() || form.get("response_type").isPresent()) {
            boolean pkce =
                    !form.text("code_verifier").isEmpty() || !form.text("code_challenge").isEmpty();
            facts.put(PKCE, pkce ? "yes" : "no");
        }
        put(facts, SCOPE, form.get("scope").map(CallFacts::sorted));
        facts.put(DPOP, request.header("DPoP").isPresent() ? "yes" : "no");
        put(facts, USER_AGENT, request.userAgent());
        facts.put(ADDRESS, request.address());
        return facts;
    }

    private static Parameters parameters(Request request) {
        try {
            return request.parameters();
        } catch (Problem unreadable) {
            return Parameters.NONE;
        }
    }

    /** As the registry of OAuth has it: {@code token_endpoint_auth_method}. */
    private static String method(Request request, Parameters form) {
        boolean basic =
                request.header("Authorization")
                        .filter(h -> h.regionMatches(true, 0, "Basic ", 0, "Basic ".length()))
                        .isPresent();
        if (basic) {
            return "client_secret_basic";
        }
        if (form.get("client_secret").isPresent()) {
            return "client_secret_post";
        }
        return form.get("client_assertion").isPresent() ? "private_key_jwt" : "none";
    }

    /** What an assertion says of itself; nothing of it is checked here. */
    private static void assertion(Map<String, String> facts, String assertion) {
        if (assertion.isEmpty() || assertion.length() > MAX_ASSERTION_CHARACTERS) {
            return;
        }
        try {
            SignedJWT jwt = SignedJWT.parse(assertion);
            put(facts, KEY, Optional.ofNullable(jwt.getHeader().getKeyID()));
            Map<String, Object> claims = jwt.getPayload().toJSONObject();
            put(
                    facts,
                    AUDIENCE,
                    Optional.ofNullable(claims).map(c -> c.get("aud")).map(String::valueOf));
        } catch (ParseException | IllegalArgumentException e) {
            facts.remove(KEY);
        }
    }

    private static String sorted(String scope) {
        return Arrays.stream(scope.strip().split(" +"))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
    }

    /** Puts a value, without characters that a terminal or a page would take for something else. */
    static void put(Map<String, String> facts, String name, Optional<String> value) {
        value.map(CallFacts::printable)
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> facts.put(name, text));
    }

    static String printable(String text) {
        String cut = text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS);
        return cut.replaceAll("[^\\x20-\\x7e]", "?").strip();
    }

    /** The kind of call that a request makes: a grant type at {@code /token}, else its path. */
    public static String kind(Request request) {
        String path = request.path();
        String kind = path.startsWith("/") ? path.substring(1) : path;
        if (kind.equals("token")) {
            String grant = parameters(request).text("grant_type");
            return switch (grant) {
                case Client.AUTHORIZATION_CODE, Client.REFRESH_TOKEN, Client.CLIENT_CREDENTIALS ->
                        grant;
                case Client.DEVICE_CODE -> "device_code";
                default -> "token";
            };
        }
        return kind.toLowerCase(Locale.ROOT);
    }
}
